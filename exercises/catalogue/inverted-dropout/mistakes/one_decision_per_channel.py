"""You made one decision per channel and dropped whole maps.

That is spatial dropout, a layer of its own. Here each element is dropped independently: two pixels of one
channel may meet different fates. Draw with `rng.random(x.shape)`.
"""

import numpy as np


def dropout(x, p, training, rng):
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy(), np.ones(x.shape, dtype=bool)
    drawn = x.shape[:2] + (1,) * (x.ndim - 2)
    kept = np.broadcast_to(rng.random(drawn) >= p, x.shape)
    if p == 1:
        return np.zeros_like(x), kept
    return x * kept / (1 - p), kept
