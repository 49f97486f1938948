"""Your sigmoid is `exp(x) / (1 + exp(x))`, which is NaN for large positive `x`.

`exp(1000)` is infinity, and infinity over infinity is NaN; SiLU of 1000 must be 1000. Use `1 / (1 +
exp(-x))` there and keep `exp(x) / (1 + exp(x))` for negative inputs.
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
        s = np.exp(x) / (1 + np.exp(x))
        y, slope = x * s, s + x * s * (1 - s)
    elif kind == "gelu":
        below = np.vectorize(lambda v: (1 + math.erf(v / math.sqrt(2))) / 2)(x)
        density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        y, slope = x * below, below + x * density
    else:
        raise ValueError("unknown kind")
    return y.astype(x.dtype), slope.astype(x.dtype)
