"""You left out the last row and the last column of positions.

A kernel of `kh` rows fits into `H` rows at `H - kh + 1` positions, from 0 to `H - kh` inclusive. With a
kernel as large as the image there is one position; you have none.
"""

import numpy as np


def slide(x, k):
    height, width = x.shape[0] - k.shape[0], x.shape[1] - k.shape[1]
    y = np.empty((height, width), dtype=x.dtype)
    for i in range(height):
        for j in range(width):
            y[i, j] = (x[i : i + k.shape[0], j : j + k.shape[1]] * k).sum()
    return y


def xcorr_and_conv(x, k):
    for array in (x, k):
        if array.ndim != 2 or array.size == 0:
            raise ValueError("x and k need two axes and at least one entry")
    if k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]:
        raise ValueError("the kernel does not fit into the image")
    return slide(x, k), slide(x, k[::-1, ::-1])
