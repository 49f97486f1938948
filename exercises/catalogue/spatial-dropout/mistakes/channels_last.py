"""You took the last axis for the channels.

The layout is (N, C, H, W). Your mask has one number for each sample and column, so it drops columns of
pixels through all channels.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], 1, 1, x.shape[3])) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
