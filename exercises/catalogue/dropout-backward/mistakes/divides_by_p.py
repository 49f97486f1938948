"""You divided by `p`, the probability to drop.

What is kept has the probability `1 - p`, and that is what the forward pass divided by. With `p = 0.5` both
look alike; see it with `p = 0.75`, where kept gradients must be four times as large. (With `p = 0` you divide
by zero.)
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
    dx = np.where(mask, dout / p, 0.0)
    return dx.astype(dout.dtype)
