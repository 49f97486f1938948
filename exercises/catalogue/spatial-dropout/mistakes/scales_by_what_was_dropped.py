"""You scaled by the share that happened to be kept instead of `1 - p`.

The factor then differs from call to call and couples the maps: what one of them becomes depends on the fate
of the others. The factor is always `1 / (1 - p)`.
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
        return np.zeros_like(x)
    return (x * kept / max(kept.mean(), 1e-9)).astype(x.dtype)
