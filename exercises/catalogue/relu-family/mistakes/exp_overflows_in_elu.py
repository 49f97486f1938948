"""Your ELU computes `exp(x)` for large positive `x` and multiplies it by a mask.

`exp(1000)` is infinity, and 0 times infinity is NaN, so the branch that should not count spoils the result.
Let the exponential see only what it is meant for, such as `np.minimum(x, 0)`, and choose with `np.where`.
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
        y = positive * x + ~positive * a * (np.exp(x) - 1)
        slope = positive + ~positive * a * np.exp(x)
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
