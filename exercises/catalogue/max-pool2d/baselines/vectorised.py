"""Every window copied into a column, then one maximum over the columns. Only what the timed call needs."""

import numpy as np


def max_pool2d(x, kernel, stride, padding):
    n, channels, height, width = x.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=-np.inf)
    h_out = (height + 2 * padding - kernel) // stride + 1
    w_out = (width + 2 * padding - kernel) // stride + 1
    columns = np.empty((kernel * kernel, n, channels, h_out, w_out), dtype=x.dtype)
    for i in range(kernel):
        for j in range(kernel):
            rows = slice(i, i + (h_out - 1) * stride + 1, stride)
            columns[i * kernel + j] = xp[:, :, rows, j : j + (w_out - 1) * stride + 1 : stride]
    return columns.max(axis=0)
