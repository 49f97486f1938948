"""An unknown `mode` is treated as one of the known ones.

A misspelt `"average"` would silently pool the maximum. Raise `ValueError` for every name but the three.
"""

import numpy as np


def global_pool(x, mode):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    avg = x.mean(axis=(2, 3))
    top = x.max(axis=(2, 3))
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
