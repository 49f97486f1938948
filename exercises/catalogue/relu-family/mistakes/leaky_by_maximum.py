"""You took the larger one of `x` and `a * x`.

That is leaky ReLU only while `a` is at most 1. For a steeper left side, such as `a = 2.5`, `a * x` is the
larger one on the right and your function has its two sides exchanged. Choose by the sign of `x`.
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
        y, slope = np.maximum(x, a * x), np.where(x > a * x, 1, a)
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
    return y.astype(x.dtype), slope.astype(x.dtype)
