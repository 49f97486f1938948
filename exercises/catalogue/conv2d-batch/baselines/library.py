"""The best we know in NumPy: columns of one image at a time, in a buffer that stays in the cache and is used
again, and products that are written where the result belongs. Only what the timed call needs.
"""

import numpy as np


def conv2d(x, w, b, padding):
    n, channels, height, width = x.shape
    filters, _, kh, kw = w.shape
    h_out, w_out = height + 2 * padding - kh + 1, width + 2 * padding - kw + 1
    padded = np.zeros((channels, height + 2 * padding, width + 2 * padding), dtype=x.dtype)
    columns = np.empty((channels, kh, kw, h_out, w_out), dtype=x.dtype)
    matrix = columns.reshape(channels * kh * kw, h_out * w_out)
    weights = w.reshape(filters, -1)
    y = np.empty((n, filters, h_out * w_out), dtype=x.dtype)
    for image, out in zip(x, y, strict=True):
        padded[:, padding : padding + height, padding : padding + width] = image
        for i in range(kh):
            for j in range(kw):
                columns[:, i, j] = padded[:, i : i + h_out, j : j + w_out]
        np.matmul(weights, matrix, out=out)
        out += b[:, None]
    return y.reshape(n, filters, h_out, w_out)
