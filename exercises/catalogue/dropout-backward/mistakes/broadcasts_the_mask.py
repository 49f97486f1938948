"""You accepted a mask of another shape.

NumPy broadcasts it without a word, so that one row of decisions is used for the whole batch: not the mask
of that forward pass. Compare the shapes and raise `ValueError`.
"""

import numpy as np


def dropout_backward(dout, mask, p, training):
    if p < 0 or p > 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return dout.copy()
    if p == 1:
        return np.zeros_like(dout)
    dx = np.where(mask, dout / (1 - p), 0.0)
    return dx.astype(dout.dtype)
