"""Data that travels between a check and a candidate, besides plain Python data and NumPy arrays."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

_numbers = count(1)


@dataclass(frozen=True, eq=False)
class Tensor:
    """A torch tensor by value: its array, device and whether it records gradients. Needs no torch."""

    array: np.ndarray
    device: str = "cpu"
    requires_grad: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's shape."""
        return self.array.shape

    @property
    def dtype(self) -> np.dtype:
        """The tensor's dtype, as NumPy's."""
        return self.array.dtype


@dataclass(frozen=True)
class Generator:
    """Stands for a random generator that lives beside the candidate; its state advances from call to call.

    `kind` is "numpy" (a `numpy.random.Generator`) or "torch" (a `torch.Generator`).
    """

    seed: int
    kind: str = "numpy"
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass(frozen=True)
class Ref:
    """An object of the candidate's that stays beside it, numbered in the order in which they came up."""

    number: int
    type_name: str = "object"


@dataclass(frozen=True)
class Opaque:
    """Something that came back and cannot travel."""

    type_name: str


def snapshot(value: Any) -> Any:
    """Copy the arrays in a value, so that a later change of them does not rewrite history."""
    return convert(value, _copied)


def _copied(leaf: Any) -> Any:
    if isinstance(leaf, np.ndarray):
        return copied(leaf)
    if isinstance(leaf, Tensor):
        return Tensor(copied(leaf.array), leaf.device, leaf.requires_grad)
    return leaf


def runs_backwards(array: np.ndarray) -> bool:
    """Whether an axis goes down in memory, as in `x[::-1]`."""
    return min(array.strides, default=0) < 0


def copied(array: np.ndarray, *, reversed_axes: bool = True) -> np.ndarray:
    """A copy with the axes in the same order in memory, those that run backwards still doing so.

    Without `reversed_axes` they run forwards in the copy: PyTorch has no tensors with negative strides.
    """
    if not reversed_axes or not runs_backwards(array):
        return array.copy(order="K")
    turned = tuple(slice(None, None, -1 if step < 0 else 1) for step in array.strides)
    return array[turned].copy(order="K")[turned]


_LEAVES = {type(None), bool, int, float, str, np.ndarray, Tensor, Generator, Ref, Opaque}


def convert(value: Any, leaf: Callable[[Any], Any]) -> Any:
    """Apply `leaf` to everything in `value` that is no list, tuple or dict; keeps what does not change."""
    if type(value) in _LEAVES:
        return leaf(value)
    if isinstance(value, list):
        return [convert(item, leaf) for item in value]
    if isinstance(value, tuple):
        return tuple(convert(item, leaf) for item in value)
    if isinstance(value, dict):
        return {key: convert(item, leaf) for key, item in value.items()}
    return leaf(value)
