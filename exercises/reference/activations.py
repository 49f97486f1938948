"""Activation functions with their slopes, and sigmoid, softmax and log-softmax that neither overflow nor lose
small probabilities, in NumPy.
"""

import math
from collections.abc import Callable

import numpy as np

erf = np.frompyfunc(math.erf, 1, 1)  # NumPy has none of its own
Both = tuple[np.ndarray, np.ndarray]


def activation(x: np.ndarray, kind: str, a: float) -> Both:
    """f(x) and f'(x), each of the shape and dtype of x, for the kinds in `KINDS`; at a kink, the left slope.

    `a` is the left slope of leaky ReLU (Maas and others, 2013) and PReLU (He and others, 2015) and the depth
    of ELU (Clevert and others, 2016); ReLU, SiLU and GELU (Hendrycks and Gimpel, 2016) do without. Raises
    ValueError for an unknown kind and a negative a.
    """
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r:.40}")
    if a < 0:
        raise ValueError(f"a must not be negative: {a!r:.40}")
    x = np.asarray(x)
    y, slope = KINDS[kind](x, a)
    return y.astype(x.dtype, copy=False), slope.astype(x.dtype, copy=False)


def _relu(x: np.ndarray, a: float) -> Both:
    return _leaky_relu(x, 0.0)


def _leaky_relu(x: np.ndarray, a: float) -> Both:
    return np.where(x > 0, x, a * x), np.where(x > 0, 1.0, a)


def _elu(x: np.ndarray, a: float) -> Both:
    left = np.minimum(x, 0)  # exp of nothing large
    return np.where(x > 0, x, a * np.expm1(left)), np.where(x > 0, 1.0, a * np.exp(left))


def _silu(x: np.ndarray, a: float) -> Both:
    s = sigmoid(x)
    return x * s, s + x * s * sigmoid(-x)


def _gelu(x: np.ndarray, a: float) -> Both:
    below = (1 + np.asarray(erf(x / math.sqrt(2)), dtype=np.float64)) / 2
    density = np.exp(-np.square(x, dtype=np.float64) / 2) / math.sqrt(2 * math.pi)
    return x * below, below + x * density


KINDS: dict[str, Callable[[np.ndarray, float], Both]] = {
    "relu": _relu,
    "leaky_relu": _leaky_relu,
    "prelu": _leaky_relu,
    "elu": _elu,
    "silu": _silu,
    "gelu": _gelu,
}


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1/(1 + exp(-z)) in the shape and dtype of z, with a small relative error for every finite z."""
    z = np.asarray(z)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """exp(z/T), divided by its sum along an axis, in the shape and dtype of z; entries may be minus infinity.

    Raises ValueError for a temperature of 0 or less, for an axis that does not exist or is empty.
    """
    e = np.exp(_from_the_top(z, axis, temperature))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(z: np.ndarray, axis: int, temperature: float = 1.0) -> np.ndarray:
    """The logarithm of `softmax`, by z/T - log(sum(exp(z/T))). Raises ValueError where softmax does."""
    shifted = _from_the_top(z, axis, temperature)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def _from_the_top(z: np.ndarray, axis: int, temperature: float) -> np.ndarray:
    """z/T minus its maximum along the axis, which changes no probability and lets exp stay at most 1."""
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature!r:.40}")
    z = np.asarray(z)
    return (z - z.max(axis=axis, keepdims=True)) / temperature
