"""For checks that drive a candidate's torch modules: weights to load, and loading them by name."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from exercises import expect
from exercises.candidate import Function, Instance
from exercises.failure import Failure, Kind
from exercises.values import Tensor

NAMES = "names of the weights"
SHOWN = 6


def random_weights(shapes: Mapping[str, tuple[int, ...]], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Weights of these shapes with values that float32 holds; activations keep their size through them.

    Gains and variances of norms (one axis, not a bias or a mean) are from 0.5 to 1.5.
    """
    return {name: _random(name, shape, rng) for name, shape in shapes.items()}


def _random(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    if len(shape) > 1:
        return single(rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:])))
    if name.endswith((".bias", ".running_mean")):
        return single(rng.uniform(-0.5, 0.5, shape))
    return single(rng.uniform(0.5, 1.5, shape))


def clear_of_kinks(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The weights, changed so that no ReLU gets a number from -1 to 1 where inputs are from -1 to 1.

    Central differences are then right at any input. Layers with weights of several axes give at most 1 in
    absolute value, norms only add their bias, and biases are 3 and -3 in turn: every second channel is on.
    """
    return {name: _clear(name, value) for name, value in weights.items()}


def _clear(name: str, value: np.ndarray) -> np.ndarray:
    if value.ndim > 1:
        axes = tuple(range(1, value.ndim))
        return value / (4 * np.abs(value).sum(axis=axes, keepdims=True))
    if name.endswith(".bias"):
        return np.where(np.arange(len(value)) % 2, -3.0, 3.0)
    return np.zeros(len(value)) if name.endswith(".running_mean") else np.ones(len(value))


def single(values: np.ndarray) -> np.ndarray:
    """The values, rounded to float32, in float64: reference and candidate then compute from one input."""
    return np.asarray(values, dtype=np.float32).astype(np.float64)


def loaded(
    make: Function,
    arguments: tuple[Any, ...],
    weights: Mapping[str, np.ndarray],
    dtype: Any = np.float32,
    device: str = "cpu",
) -> Any:
    """A module `make(*arguments)` of the candidate's, of this dtype, on this device, holding these weights.

    Fails where its state dict has other names; PyTorch raises RuntimeError in it for other shapes. Entries
    `num_batches_tracked` of norms may be absent.
    """
    module = make(*arguments)
    if dtype != np.float32 or device != "cpu":
        method(module, "to")(Tensor(np.zeros(1, dtype), device))
    state = {name: Tensor(value.astype(dtype), device) for name, value in weights.items()}
    found = method(module, "load_state_dict")(state, strict=False)
    extra, lacking = expect.items(found, 2, NAMES)  # what PyTorch calls missing and unexpected keys
    if not extra and not lacking:
        return module
    parts = [_listed("it lacks", lacking), _listed("it should not have", extra)]
    message = f"wrong names in the state dict: {'; '.join(part for part in parts if part)}"
    raise Failure(Kind.VALUES, message, label=NAMES, actual=found)


def method(module: Instance, name: str) -> Function:
    """`module.name` for calling it, without reading it first: one request instead of two."""
    return Function(module._driver, (module._ref, name))


def _listed(words: str, names: Any) -> str:
    shown = ", ".join(str(name)[:60] for name in list(names)[:SHOWN])
    return f"{words} {shown}{' and more' if len(names) > SHOWN else ''}" if names else ""
