"""You let the gradient through where the mask is False.

The mask is True where an element was kept. Dropped elements had no influence on the loss, so they are the
ones with gradient 0.
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
    dx = np.where(mask, 0.0, dout / (1 - p))
    return dx.astype(dout.dtype)
