"""You used random numbers in evaluation.

The result is right, but every evaluation moves the generator on, so whether and how often you evaluate
changes the training that follows, and a run can no longer be compared with another. Return before you draw.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    kept = rng.random(x.shape) >= p
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
