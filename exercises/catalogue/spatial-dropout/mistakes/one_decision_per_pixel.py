"""You made one decision for each pixel.

That is ordinary dropout. Neighbouring pixels of a feature map say nearly the same, so the next layer hardly
misses single ones. Draw one number for each sample and channel, `rng.random((N, C, 1, 1))`.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random(x.shape) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
