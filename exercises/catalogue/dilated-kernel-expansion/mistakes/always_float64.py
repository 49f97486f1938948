"""Your result is float64 whatever the dtype of `k` is.

`np.zeros(shape)` makes float64 unless you pass `dtype=k.dtype`. In a float32 network every product with
this kernel would be computed in float64, or refused.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros(((rows - 1) * d + 1, (columns - 1) * d + 1))
    for a in range(rows):
        for b in range(columns):
            out[a * d, b * d] = k[a, b]
    return out
