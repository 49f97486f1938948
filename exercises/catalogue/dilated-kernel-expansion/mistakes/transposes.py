"""You swapped rows and columns: your result is the transpose of the right one.

Tap `(a, b)` belongs at row `a * d`, column `b * d`. See it with a kernel that is not square.
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
            out[a * d, b * d] = k[a, b]
    return out.T.copy()
