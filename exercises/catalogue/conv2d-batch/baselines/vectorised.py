"""Every window copied into one row of a matrix, then one product. Only what the timed call needs."""

import numpy as np


def conv2d(x, w, b, padding):
    n, filters = len(x), len(w)
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))
    h_out, w_out = windows.shape[2:4]
    rows = windows.transpose(0, 2, 3, 1, 4, 5).reshape(n * h_out * w_out, -1)
    y = rows @ w.reshape(filters, -1).T + b
    return np.ascontiguousarray(y.reshape(n, h_out, w_out, filters).transpose(0, 3, 1, 2))
