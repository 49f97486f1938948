"""You divided by `p` instead of `1 - p`.

An element survives with probability `1 - p`, so that is what the scale must make up for. With `p = 0.5`
both are 2; see it with `p = 0.1`: kept values must grow by 1/0.9, about 1.11, yours grow by 10.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    kept = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x), kept
    if p == 0:
        return x.copy(), kept
    return x * kept / p, kept
