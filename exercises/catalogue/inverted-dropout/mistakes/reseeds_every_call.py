"""You made a new generator with a fixed seed inside the function.

Every call then draws the same mask, so the same elements are dropped in every step and dropout becomes a
smaller network. Use the generator that is passed in: its state advances from call to call.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    rng = np.random.default_rng(0)
    kept = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
