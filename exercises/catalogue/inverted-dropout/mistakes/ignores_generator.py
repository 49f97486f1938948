"""You took random numbers from NumPy's global state instead of the generator that is passed in.

The caller seeds `rng` to make a run repeatable; your masks differ for equal generators. Call
`rng.random(...)` instead of `np.random.rand(...)`.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    kept = np.random.rand(*x.shape) >= p
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
