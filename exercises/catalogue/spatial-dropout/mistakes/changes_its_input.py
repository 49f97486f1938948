"""You multiplied `x` in place.

The caller's array is overwritten with what was dropped, and a shortcut around the layer or the backward
pass sees that instead of the input. Write the result into a new array.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], x.shape[1], 1, 1)) >= p
    if p == 1:
        return np.zeros_like(x)
    x *= kept
    x /= 1 - p
    return x
