"""You checked `p` in training mode only.

A layer with `p = 1.5` is misconfigured in evaluation as well, and the error should not wait until the next
training run. Check the arguments before you look at the mode.
"""

import numpy as np


def dropout_backward(dout, mask, p, training):
    if dout.shape != mask.shape:
        raise ValueError("mask and dout must have one shape")
    if training and (p < 0 or p > 1):
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return dout.copy()
    if p == 1:
        return np.zeros_like(dout)
    dx = np.where(mask, dout / (1 - p), 0.0)
    return dx.astype(dout.dtype)
