"""You filled the gaps with the neighbouring tap instead of zeros.

Size and places of the taps are right, but an expanded kernel has exactly as many entries that are not zero
as the original. With `d = 1` there are no gaps and nothing shows.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros(((rows - 1) * d + 1, (columns - 1) * d + 1), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * d : a * d + d, b * d : b * d + d] = k[a, b]
    return out
