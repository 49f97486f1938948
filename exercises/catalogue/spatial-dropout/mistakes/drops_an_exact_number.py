"""You dropped the same number of maps in each sample.

Each map decides for itself, so the number varies. With a fixed one, a map's being kept makes it more likely
that another is dropped. Draw one number for each sample and channel and compare it with `p`.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.permuted(np.tile(np.arange(x.shape[1]), (x.shape[0], 1)), axis=1) >= round(p * x.shape[1])
    kept = kept[:, :, None, None]
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
