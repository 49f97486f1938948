"""Your result is float64 whatever the dtype of `dout` is.

A gradient keeps the dtype that comes in: float32 in, float32 out. A mask or a scale in float64 makes the
whole product float64; convert the result back with `astype(dout.dtype)`.
"""

import numpy as np


def dropout_backward(dout, mask, p, training):
    if dout.shape != mask.shape:
        raise ValueError("mask and dout must have one shape")
    if p < 0 or p > 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return dout.copy()
    if p == 1:
        return np.zeros_like(dout)
    dx = np.where(mask, dout / (1 - p), 0.0)
    return dx.astype(np.float64)
