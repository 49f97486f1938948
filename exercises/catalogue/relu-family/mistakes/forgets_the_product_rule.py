"""Your slopes of SiLU and GELU are only the first half of the product rule.

Both functions are a product of `x` with a gate, so the slope is the gate plus `x` times the slope of the
gate. Yours lies between 0 and 1; the true one exceeds 1 near 1.5 and is negative near -1.5.
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
        y, slope = x * s, s
    elif kind == "gelu":
        below = np.vectorize(lambda v: (1 + math.erf(v / math.sqrt(2))) / 2)(x)
        y, slope = x * below, below
    else:
        raise ValueError("unknown kind")
    return y.astype(x.dtype), slope.astype(x.dtype)
