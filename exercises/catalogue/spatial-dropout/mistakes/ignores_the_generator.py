"""You took random numbers from NumPy's global state instead of the generator that is passed in.

The caller seeds `rng` to make a run repeatable; your masks differ for equal generators. Call
`rng.random(...)`.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = np.random.rand(x.shape[0], x.shape[1], 1, 1) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
