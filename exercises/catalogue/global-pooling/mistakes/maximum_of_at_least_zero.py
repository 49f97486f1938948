"""Your maximum is never below zero.

A running maximum that starts at 0 beats a map of negative values, which occurs wherever no ReLU comes
before. Start with minus infinity, or with the first pixel.
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
    top = np.maximum(x.max(axis=(2, 3)), 0)
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
