"""You put zeros around the kernel as well.

Zeros belong only between taps: the first tap stands in the first row and column, the last tap in the last
ones. A frame of zeros makes the kernel larger and shifts the output.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros(((rows + 1) * d - 1, (columns + 1) * d - 1), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * d + d - 1, b * d + d - 1] = k[a, b]
    return out
