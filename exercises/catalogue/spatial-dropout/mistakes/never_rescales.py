"""You never scaled the maps that are kept.

With a share `p` of the maps gone, the sums in the next layer shrink by `1 - p` in training but not in
evaluation. Divide by `1 - p`.
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
    return (x * kept).astype(x.dtype)
