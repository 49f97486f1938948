"""You turned the caller's kernel in place.

`k[:] = ...` writes into the array that was passed in: the next call with the same kernel starts from a
turned one. `k[::-1, ::-1]` without an assignment into `k` is a view that leaves it alone.
"""

import numpy as np


def slide(x, k):
    height, width = x.shape[0] - k.shape[0] + 1, x.shape[1] - k.shape[1] + 1
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
    xcorr = slide(x, k)
    k[:] = k[::-1, ::-1].copy()
    return xcorr, slide(x, k)
