"""You put `d` zeros between neighbouring taps.

Dilation `d` means that taps are `d` apart, which leaves `d - 1` cells between them. In your version `d = 1`
already tears the kernel apart.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2 or k.size == 0:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros(((rows - 1) * (d + 1) + 1, (columns - 1) * (d + 1) + 1), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * (d + 1), b * (d + 1)] = k[a, b]
    return out
