"""You refused `p = 1`.

The forward pass accepts it (0 and 1 are both included), so the backward pass has to as well: everything was
dropped, and the gradient is zero.
"""

import numpy as np


def dropout_backward(dout, mask, p, training):
    if dout.shape != mask.shape:
        raise ValueError("mask and dout must have one shape")
    if p < 0 or p >= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return dout.copy()
    if p == 1:
        return np.zeros_like(dout)
    dx = np.where(mask, dout / (1 - p), 0.0)
    return dx.astype(dout.dtype)
