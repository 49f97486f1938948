"""You drew one mask and used it for all samples of the batch.

Each element needs its own random number, those of different samples too; otherwise a step drops the same
features everywhere. See it by comparing the rows of the mask: yours are all equal. Draw with
`rng.random(x.shape)`.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    kept = np.broadcast_to(rng.random(x.shape[1:]) >= p, x.shape)
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
