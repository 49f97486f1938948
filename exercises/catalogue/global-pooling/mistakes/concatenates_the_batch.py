"""You joined averages and maxima along the batch axis.

That makes (2N, C): twice as many images instead of twice as many features. Join along axis 1.
"""

import numpy as np


def global_pool(x, mode):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    if mode not in ("avg", "max", "concat"):
        raise ValueError("unknown mode")
    avg = x.mean(axis=(2, 3))
    top = x.max(axis=(2, 3))
    if mode == "concat":
        return np.concatenate([avg, top], axis=0)
    return avg if mode == "avg" else top
