"""You used random numbers in evaluation.

The result is right, but every evaluation moves the generator on, so how often you evaluate changes the
training that follows. Return before you draw.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    kept = rng.random((x.shape[0], x.shape[1], 1, 1)) >= p
    if not training:
        return x.copy()
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
