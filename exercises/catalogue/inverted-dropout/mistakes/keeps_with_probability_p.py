"""You kept each element with probability `p`; `p` is the probability to drop it.

With `p = 0.5` both look alike. See it with `p = 0.1` on a large array: about 10 % of the mask must be
False, in yours about 90 % are. Keep where `rng.random(x.shape) >= p`.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    kept = rng.random(x.shape) < p
    if p == 1:
        return x.copy(), kept
    return x * kept / (1 - p), kept
