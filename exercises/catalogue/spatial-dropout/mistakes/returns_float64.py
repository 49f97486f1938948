"""Your result is float64 whatever the dtype of `x` is.

A mask of random float64 numbers, or a scale in float64, widens a float32 batch, and everything behind it
doubles its memory. Convert at the end with `astype(x.dtype)`.
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
        return np.zeros(x.shape)
    return (x * kept / (1 - p)).astype(np.float64)
