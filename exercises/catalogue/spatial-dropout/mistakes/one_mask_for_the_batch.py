"""You drew one mask and used it for all samples.

Every image of the batch then loses the same channels, so the gradient of a step says nothing about them at
all. Draw a number for each sample, too.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((1, x.shape[1], 1, 1)) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
