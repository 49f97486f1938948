"""The best we know in NumPy: a running maximum down the columns, then along the rows of what is left, so that
a window costs 2k comparisons and not k squared. Only what the timed call needs.
"""

import numpy as np


def max_pool2d(x, kernel, stride, padding):
    n, channels, height, width = x.shape
    h_out = (height + 2 * padding - kernel) // stride + 1
    w_out = (width + 2 * padding - kernel) // stride + 1
    y = np.empty((n, channels, h_out, w_out), dtype=x.dtype)
    padded = np.full((channels, height + 2 * padding, width + 2 * padding), -np.inf, dtype=x.dtype)
    rows = np.empty((channels, h_out, width + 2 * padding), dtype=x.dtype)
    for image, out in zip(x, y, strict=True):
        padded[:, padding : padding + height, padding : padding + width] = image
        np.copyto(rows, padded[:, : (h_out - 1) * stride + 1 : stride])
        for i in range(1, kernel):
            np.maximum(rows, padded[:, i : i + (h_out - 1) * stride + 1 : stride], out=rows)
        np.copyto(out, rows[..., : (w_out - 1) * stride + 1 : stride])
        for j in range(1, kernel):
            np.maximum(out, rows[..., j : j + (w_out - 1) * stride + 1 : stride], out=out)
    return y
