"""You drew a new mask in the backward pass.

The gradient must go back through the same elements that the forward pass kept: those contributed to the
loss, the dropped ones did not. With a fresh mask the gradient belongs to another network. See it by calling
twice with the same arguments. Use the mask that is passed in.
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
    mask = np.random.rand(*dout.shape) >= p
    dx = np.where(mask, dout / (1 - p), 0.0)
    return dx.astype(dout.dtype)
