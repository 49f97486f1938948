"""You returned the mask of the dropped elements; it must be True where an element was kept.

A backward pass multiplies the gradient by the mask, so the inverted one would send gradient to exactly the
elements that were switched off. See it by `y != 0` for an input without zeros: that is the mask.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.zeros(x.shape, dtype=bool)
    kept = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x), ~kept
    return x * kept / (1 - p), ~kept
