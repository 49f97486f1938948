"""You took the scale from the share of elements that the mask happens to keep.

The forward pass divided by `1 - p`, a constant, not by the share that chance produced. The two agree on
average only. See it with a mask of all True and `p = 0.5`: the gradient must double.
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
    dx = np.where(mask, dout / max(np.mean(mask), 1e-12), 0.0)
    return dx.astype(dout.dtype)
