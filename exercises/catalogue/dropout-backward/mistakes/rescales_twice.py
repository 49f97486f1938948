"""You applied the scale twice.

The forward pass divides by `1 - p` once, and so does the derivative of it. The scale in the forward pass is
no reason for another one here: `dout` is the gradient of the scaled output. See it with `p = 0.5`, where
kept gradients must double; yours are four times as large.
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
    dx = np.where(mask, dout / (1 - p) ** 2, 0.0)
    return dx.astype(dout.dtype)
