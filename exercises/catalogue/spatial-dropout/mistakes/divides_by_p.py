"""You divided by `p` instead of `1 - p`.

A map survives with probability `1 - p`, so that is what the scale must make up for. With `p = 0.5` both are
2; at 0.2 kept values must grow by 1.25, and yours grow by 5.
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
    if p == 0:
        return x.copy()
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / p).astype(x.dtype)
