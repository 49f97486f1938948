"""You treat a dilation below 1 as 1.

With 0 all taps would fall on one cell, and a negative rate has no meaning here. Raise `ValueError`, so that
a wrong setting is seen where it is made.
"""

import numpy as np


def expand_kernel(k, d):
    d = max(d, 1)
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros(((rows - 1) * d + 1, (columns - 1) * d + 1), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * d, b * d] = k[a, b]
    return out
