"""You accepted a probability outside of 0 to 1.

With `p = 1.5` the factor is -2: the layer would flip signs without an error; a percentage such as 50 is a
common slip. Raise `ValueError` in both modes.
"""

import numpy as np


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], x.shape[1], 1, 1)) >= p
    if p == 1:
        return np.zeros_like(x)
    return (x * kept / (1 - p)).astype(x.dtype)
