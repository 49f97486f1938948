"""You divided the sum by the height squared.

The number of pixels is height times width. On square maps nothing shows; see it with a map of 2 by 3, where
the sum must be divided by 6.
"""

import numpy as np


def global_pool(x, mode):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    if mode not in ("avg", "max", "concat"):
        raise ValueError("unknown mode")
    avg = (x.sum(axis=(2, 3)) / x.shape[2] ** 2).astype(x.dtype)
    top = x.max(axis=(2, 3))
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
