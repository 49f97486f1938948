"""You multiplied by `1 - p` instead of dividing by it.

Inverted dropout makes up for the dropped elements by enlarging the others, so the scale is above 1, forwards
and backwards. See it with `p = 0.75`: kept gradients must be four times as large.
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
    dx = np.where(mask, dout * (1 - p), 0.0)
    return dx.astype(dout.dtype)
