"""You compared the sizes of kernel and image as a whole, such as their numbers of entries.

A kernel can have fewer entries than the image and still be higher or wider, as 4x1 in 3x5. Compare height
with height and width with width.
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
    if k.size > x.size:
        raise ValueError("the kernel does not fit into the image")
    return slide(x, k), slide(x, k[::-1, ::-1])
