"""You accepted an input without four axes.

With the last two axes pooled, an image (C, H, W) passes for a batch of C images with one channel less, and
the error shows far away. Check `x.ndim` and raise `ValueError`.
"""

import numpy as np


def global_pool(x, mode):
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    if mode not in ("avg", "max", "concat"):
        raise ValueError("unknown mode")
    avg = x.mean(axis=(-2, -1))
    top = x.max(axis=(-2, -1))
    if mode == "concat":
        return np.concatenate([avg, top], axis=-1)
    return avg if mode == "avg" else top
