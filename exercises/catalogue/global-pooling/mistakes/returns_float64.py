"""Your result is float64 whatever the dtype of `x` is.

Pooling must not change the dtype: float32 features should stay float32. `np.zeros(shape)` is float64 unless
you pass `dtype=x.dtype`.
"""

import numpy as np


def global_pool(x, mode):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if 0 in x.shape:
        raise ValueError("there is nothing to pool")
    if mode not in ("avg", "max", "concat"):
        raise ValueError("unknown mode")
    x = x.astype(np.float64)
    avg = x.mean(axis=(2, 3))
    top = x.max(axis=(2, 3))
    if mode == "concat":
        return np.concatenate([avg, top], axis=1)
    return avg if mode == "avg" else top
