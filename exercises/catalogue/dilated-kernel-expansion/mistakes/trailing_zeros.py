"""You put zeros behind every tap, the last ones included.

Your result has `d * kh` rows instead of `d * (kh - 1) + 1`: the `d - 1` rows and columns of zeros at the
far end belong to no gap. A convolution with it gives a smaller output than the dilated one.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros((rows * d, columns * d), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * d, b * d] = k[a, b]
    return out
