"""You dropped exactly `p * n` elements.

Dropout decides for each element on its own, so the number of drops varies from call to call (it is
binomial). A fixed number makes the elements depend on each other. See it by counting the drops of several
calls: your counts never differ. Draw one random number per element and compare it with `p`.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    kept = np.ones(x.size, dtype=bool)
    kept[rng.permutation(x.size)[: round(p * x.size)]] = False
    kept = kept.reshape(x.shape)
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
