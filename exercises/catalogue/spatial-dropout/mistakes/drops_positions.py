"""You dropped positions instead of channels.

Your mask has the shape (N, 1, H, W), so a dropped pixel is gone in all channels, and every map keeps most
of its pixels. The channel axis is 1: draw (N, C, 1, 1) numbers.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], 1, x.shape[2], x.shape[3])) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
