"""You pooled over the wrong axes.

The axes are (N, C, H, W): height and width are 2 and 3, and the channels must survive. Yours mixes the
channels and keeps positions apart, as if the channels came last.
"""

import numpy as np


def global_pool(x, mode):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    if mode not in ("avg", "max", "concat"):
        raise ValueError("unknown mode")
    avg = x.mean(axis=(1, 2))
    top = x.max(axis=(1, 2))
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
