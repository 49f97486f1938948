import math

import numpy as np


def activation(x: np.ndarray, kind: str, a: float) -> tuple[np.ndarray, np.ndarray]:
    """Value and slope of an activation function, element by element.

    kind is "relu", "leaky_relu", "prelu", "elu", "silu" or "gelu"; a is the left slope of leaky ReLU and
    PReLU and the depth of ELU. Returns (y, slope) in the shape and dtype of x. Raises ValueError for bad
    input.
    """
    if a < 0:
        raise ValueError(f"a must not be negative, got {a}")
    right = x > 0  # zero belongs to the left side
    e = np.exp(-np.abs(x))  # exp(x) on the left side; never overflows
    if kind == "relu":
        y, slope = np.where(right, x, 0), right
    elif kind in ("leaky_relu", "prelu"):
        y, slope = np.where(right, x, a * x), np.where(right, 1, a)
    elif kind == "elu":
        y, slope = np.where(right, x, a * (e - 1)), np.where(right, 1, a * e)
    elif kind == "silu":
        s = np.where(right, 1, e) / (1 + e)
        y, slope = x * s, s + x * s * (1 - s)
    elif kind == "gelu":
        below = np.array([0.5 + 0.5 * math.erf(v / math.sqrt(2)) for v in x.flat]).reshape(x.shape)
        density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
        y, slope = x * below, below + x * density
    else:
        raise ValueError(f"unknown activation {kind!r}")
    return y.astype(x.dtype), slope.astype(x.dtype)
