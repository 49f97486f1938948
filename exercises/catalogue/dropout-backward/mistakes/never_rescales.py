"""You applied the mask and forgot the scale.

The forward pass divided what it kept by `1 - p`, and a constant factor in a function is one in its
derivative. Without it every gradient behind this layer is too small by the factor `1 - p`.
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
    dx = np.where(mask, dout, 0.0)
    return dx.astype(dout.dtype)
