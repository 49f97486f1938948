"""You used `x * sigmoid(1.702 * x)` for GELU.

That is an approximation, off by up to 0.02, and asked for is the exact function with the error function: `x
* (1 + erf(x / sqrt(2))) / 2`. `math.erf` computes one number at a time.
"""

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
        below = 1 / (1 + np.exp(-1.702 * x))
        density = 1.702 * below * (1 - below)
        y, slope = x * below, below + x * density
    else:
        raise ValueError("unknown kind")
    return y.astype(x.dtype), slope.astype(x.dtype)
