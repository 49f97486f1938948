"""You divided by `1 - p` for `p = 1` too.

There everything was dropped and the divisor is 0: `0 / 0` is NaN, which the next update writes into all
weights. The forward pass returned zeros, whatever its input was: return zeros without dividing.
"""

import numpy as np


def dropout_backward(dout, mask, p, training):
    if dout.shape != mask.shape:
        raise ValueError("mask and dout must have one shape")
    if p < 0 or p > 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return dout.copy()
    dx = dout * mask / np.float64(1 - p)
    return dx.astype(dout.dtype)
