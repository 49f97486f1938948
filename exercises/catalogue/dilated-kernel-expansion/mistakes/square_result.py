"""You made the result square.

Height and width of the kernel may differ, and so do those of the result: `d * (kh - 1) + 1` rows, `d * (kw
- 1) + 1` columns. With square kernels nothing shows.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros(((max(rows, columns) - 1) * d + 1,) * 2, dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * d, b * d] = k[a, b]
    return out
