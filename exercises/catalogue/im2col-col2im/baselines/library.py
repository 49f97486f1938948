"""The best we know in NumPy with a matrix of columns: each tap of the window is one slice of the image.

Rows of pixels are copied as a whole. Only what the timed call needs: square windows with stride 1.
"""

import numpy as np


def conv2d(x, w, padding):
    n, channels, height, width = x.shape
    c_out, _, k, _ = w.shape
    h_out, w_out = height + 2 * padding - k + 1, width + 2 * padding - k + 1
    xp = np.zeros((n, channels, height + 2 * padding, width + 2 * padding), dtype=x.dtype)
    xp[:, :, padding : padding + height, padding : padding + width] = x
    cols = np.empty((n, channels, k, k, h_out, w_out), dtype=x.dtype)
    for a in range(k):
        for b in range(k):
            cols[:, :, a, b] = xp[:, :, a : a + h_out, b : b + w_out]
    y = w.reshape(c_out, -1) @ cols.reshape(n, channels * k * k, h_out * w_out)
    return y.reshape(n, c_out, h_out, w_out)
