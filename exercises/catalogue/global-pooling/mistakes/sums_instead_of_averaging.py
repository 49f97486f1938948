"""You added the pixels up without dividing by their number.

The result then grows with the size of the image, so a classifier trained on one size is useless on another.
Divide by height times width.
"""

import numpy as np


def global_pool(x, mode):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    if mode not in ("avg", "max", "concat"):
        raise ValueError("unknown mode")
    avg = x.sum(axis=(2, 3))
    top = x.max(axis=(2, 3))
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
