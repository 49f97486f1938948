"""Your results are float64 whatever the dtype of `x` is.

Activations must not change the dtype: float32 networks would double their memory at the first layer.
`np.zeros(shape)`, `np.vectorize` and masks times Python floats give float64; convert at the end with
`astype(x.dtype)`.
"""

import math

import numpy as np


def activation(x, kind, a):
    if a < 0:
        raise ValueError("a is negative")
    positive = x > 0
    e = np.exp(-np.abs(x))
    if kind == "relu":
        y, slope = np.where(positive, x, 0), np.where(positive, 1, 0)
    elif kind in ("leaky_relu", "prelu"):
        y, slope = np.where(positive, x, a * x), np.where(positive, 1, a)
    elif kind == "elu":
        y, slope = np.where(positive, x, a * (e - 1)), np.where(positive, 1, a * e)
    elif kind == "silu":
        s = np.where(positive, 1, e) / (1 + e)
        y, slope = x * s, s + x * s * (1 - s)
    elif kind == "gelu":
        below = np.vectorize(lambda v: (1 + math.erf(v / math.sqrt(2))) / 2)(x)
        density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        y, slope = x * below, below + x * density
    else:
        raise ValueError("unknown kind")
    return y.astype(np.float64), slope.astype(np.float64)
