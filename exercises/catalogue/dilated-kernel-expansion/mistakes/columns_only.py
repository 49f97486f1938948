"""You spread the columns of the kernel and left its rows next to each other.

The dilation counts for both directions: tap `(a, b)` stands at row `a * d` **and** column `b * d`.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros((rows, (columns - 1) * d + 1), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a, b * d] = k[a, b]
    return out
