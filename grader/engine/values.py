"""What travels: plain values, their limits, and the layout of arrays."""

import itertools
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

MAX_DEPTH = 32
MAX_NODES = 250_000
MAX_DICT = 4096  # int keys can be chosen to collide, which makes building a dict quadratic ...
MAX_DICT_WORK = 2 * MAX_DICT**2  # ... so the squares of the sizes of a value's dicts are bounded together
MAX_RANK = 16
MAX_INT_BYTES = 512
MAX_NAME = 200
PACKED, STRIDED = 0, 1  # how an array's elements lay in memory where it came from
SPREAD = 8  # a strided array may span this many times the memory of its elements ...
MAX_GAP_BYTES = 64 * 1024 * 1024  # ... and all arrays of a value may leave this much between theirs

DTYPES = [
    np.dtype(kind)
    for kind in (
        *(np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64),
        *(np.float16, np.float32, np.float64, np.complex64, np.complex128),
    )
]
DTYPE_CODES = {dtype: code for code, dtype in enumerate(DTYPES)}

_generator_ids = itertools.count(1)


class WireError(ValueError):
    """Bytes that are no valid message, or a value that cannot be encoded."""


class TooLarge(WireError):
    """A value that exceeds a limit of size, count or depth."""


@dataclass(frozen=True)
class TensorValue:
    """A torch tensor as data. `dtype` is torch's name; `bfloat16` travels as a float32 array."""

    array: np.ndarray
    device: str = "cpu"
    requires_grad: bool = False
    dtype: str = ""

    def __post_init__(self) -> None:
        if not self.dtype:
            object.__setattr__(self, "dtype", self.array.dtype.name)


@dataclass(frozen=True)
class Handle:
    """An object that stays in the candidate's process."""

    id: int
    type_name: str


@dataclass(frozen=True)
class Opaque:
    """Something that neither travels as data nor can be used by handle."""

    type_name: str


@dataclass(frozen=True)
class Generator:
    """A random generator to be made in the candidate's process; one object there for each `id`."""

    seed: int
    kind: str = "numpy"  # or "torch"
    id: int = field(default_factory=lambda: next(_generator_ids))


def fits(value: Any, profile: str) -> bool:
    """Whether a process of this profile can certainly take a value: no tensors without torch, no device."""
    if isinstance(value, dict):
        return all(fits(item, profile) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(fits(item, profile) for item in value)
    if isinstance(value, TensorValue):
        return profile != "numpy" and (value.device == "cpu" or value.device == profile)
    return not isinstance(value, Generator) or value.kind == "numpy" or profile != "numpy"


def is_key(key: Any) -> bool:
    if type(key) is str:
        return True
    if type(key) is tuple:
        return len(key) <= MAX_RANK and all(type(part) in (str, int) for part in key)
    return type(key) is int


def strides_of(value: np.ndarray) -> tuple[int, ...]:
    """Strides in elements; those of a packed array where the real ones cannot be rebuilt in little memory."""
    packed = packed_strides(value.shape)
    if value.size == 0 or any(step % value.itemsize for step in value.strides):
        return packed
    strides = settled(value.shape, tuple(step // value.itemsize for step in value.strides))
    return strides if extent_of(value.shape, strides) <= SPREAD * value.size else packed


def packed_strides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))


def settled(shape: tuple[int, ...], strides: tuple[int, ...]) -> tuple[int, ...]:
    """The stride of an axis of length 1 means nothing: give it the packed one."""
    packed = packed_strides(shape)
    return tuple(
        step if length > 1 else usual for length, step, usual in zip(shape, strides, packed, strict=True)
    )


def extent_of(shape: tuple[int, ...], strides: tuple[int, ...]) -> int:
    """How many elements of memory a non-empty strided array spans."""
    return 1 + sum((length - 1) * abs(step) for length, step in zip(shape, strides, strict=True))


def gap_bytes(shape: tuple[int, ...], strides: tuple[int, ...], itemsize: int) -> int:
    """Memory that a strided array spans beyond that of its elements."""
    return max(0, extent_of(shape, strides) - prod(shape)) * itemsize
