"""You called the error function with `x` instead of `x / sqrt(2)`.

`erf` belongs to a normal distribution of variance 1/2, so the distribution function of the standard normal
one is `(1 + erf(x / sqrt(2))) / 2`. See it at 1: GELU is 0.8413 there, yours is 0.9214.
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
        below = np.vectorize(lambda v: (1 + math.erf(v)) / 2)(x)
        density = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
        y, slope = x * below, below + x * density
    else:
        raise ValueError("unknown kind")
    return y.astype(x.dtype), slope.astype(x.dtype)
