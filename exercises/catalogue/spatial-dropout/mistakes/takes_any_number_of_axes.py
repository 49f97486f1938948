"""You accepted an input without four axes.

For (C, H, W) your mask falls on the first two axes, so it drops rows of channels, and nobody notices. Check
`x.ndim` in both modes and raise `ValueError`.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random(x.shape[:2] + (1,) * (x.ndim - 2)) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
