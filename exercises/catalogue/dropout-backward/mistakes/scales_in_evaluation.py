"""In evaluation you multiplied by `1 - p`.

That is the backward pass of the original dropout, which scales at test time. Inverted dropout scales while
training and does nothing in evaluation: the gradient passes unchanged.
"""

import numpy as np


def dropout_backward(dout, mask, p, training):
    if dout.shape != mask.shape:
        raise ValueError("mask and dout must have one shape")
    if p < 0 or p > 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return dout * np.array(1 - p, dtype=dout.dtype)
    if p == 1:
        return np.zeros_like(dout)
    dx = np.where(mask, dout / (1 - p), 0.0)
    return dx.astype(dout.dtype)
