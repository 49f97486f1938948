"""You transposed the kernel for the convolution.

`k.T` swaps rows and columns; a turn by 180 degrees reverses both orders and keeps the shape: `k[::-1,
::-1]`. With a kernel that is not square even the shape of your result is wrong.
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
    if k.shape[0] > x.shape[0] or k.shape[1] > x.shape[1]:
        raise ValueError("the kernel does not fit into the image")
    return slide(x, k), slide(x, k.T)
