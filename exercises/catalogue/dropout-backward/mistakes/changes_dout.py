"""You wrote into `dout`.

The gradient that comes in belongs to the caller, who may send it to another branch of the network as well
(a residual connection does). Make a new array.
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
    dout *= mask.astype(dout.dtype)
    dx = dout / (1 - p)
    return dx.astype(dout.dtype)
