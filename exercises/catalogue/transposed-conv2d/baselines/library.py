"""The best we know in NumPy: all products in one, then one addition for each tap of the kernel.

Only what the timed call needs: no output padding.
"""

import numpy as np


def conv_transpose2d(x, w, stride, padding):
    n, c_in, height, width = x.shape
    _, c_out, k, _ = w.shape
    copies = (w.reshape(c_in, -1).T @ x.reshape(n, c_in, -1)).reshape(n, c_out, k, k, height, width)
    rows, columns = (height - 1) * stride + k, (width - 1) * stride + k
    sheet = np.zeros((n, c_out, rows, columns), dtype=x.dtype)
    for a in range(k):
        down = slice(a, a + (height - 1) * stride + 1, stride)
        for b in range(k):
            sheet[:, :, down, b : b + (width - 1) * stride + 1 : stride] += copies[:, :, a, b]
    return sheet[:, :, padding : rows - padding, padding : columns - padding]
