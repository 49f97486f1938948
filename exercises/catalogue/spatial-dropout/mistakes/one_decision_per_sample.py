"""You made one decision for each sample, for all of its channels at once.

An image is then either complete or all zero. The channels of one sample are dropped independently: draw (N,
C, 1, 1) numbers.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], 1, 1, 1)) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
