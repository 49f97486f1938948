"""You enlarged the kernel by repeating its taps, as one enlarges a picture.

Dilation spreads the same taps further apart and puts zeros between them; it adds no weights. Your kernel
has `d * d` copies of each tap, so that a convolution with it adds up neighbouring pixels.
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
            out[a * d : a * d + d, b * d : b * d + d] = k[a, b]
    return out
