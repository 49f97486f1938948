"""You put every tap into the middle of a block of `d` by `d` cells.

Distances between taps are right, but the first tap has to stand in the corner: the result has `d * (kh - 1)
+ 1` rows and not `d * kh`.
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
            out[a * d + d // 2, b * d + d // 2] = k[a, b]
    return out
