"""You took the value of largest absolute size.

The maximum is the largest value: of -9 and 2 it is 2. Drop the absolute value.
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
    top = np.where(x.max(axis=(2, 3)) < -x.min(axis=(2, 3)), x.min(axis=(2, 3)), x.max(axis=(2, 3)))
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
