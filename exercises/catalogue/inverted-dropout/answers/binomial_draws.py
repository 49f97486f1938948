"""Draws the mask as 0 and 1 and scales by a precomputed factor."""

import numpy as np


def dropout(x, p, training, rng):
    if p < 0 or p > 1:
        raise ValueError("p")
    if not training:
        return np.array(x), np.ones_like(x)
    if p == 1:
        return np.zeros_like(x), np.zeros_like(x)
    mask = rng.binomial(1, 1 - p, size=x.shape).astype(x.dtype)
    return x * (mask * x.dtype.type(1 / (1 - p))), mask
