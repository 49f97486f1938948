"""You never checked that the kernel fits into the image.

Where it is higher or wider, the number of positions `H - kh + 1` is zero or negative. An empty result goes
unnoticed until much later; raise `ValueError` before you compute.
"""

import numpy as np


def slide(x, k):
    height = max(0, x.shape[0] - k.shape[0] + 1)
    width = max(0, x.shape[1] - k.shape[1] + 1)
    y = np.empty((height, width), dtype=x.dtype)
    for i in range(height):
        for j in range(width):
            y[i, j] = (x[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
    return y


def xcorr_and_conv(x, k):
    for array in (x, k):
        if array.ndim != 2 or array.size == 0:
            raise ValueError("x and k need two axes and at least one entry")
    return slide(x, k), slide(x, k[::-1, ::-1])
