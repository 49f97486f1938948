"""A view of all patches, copied into a matrix with one patch a row. Only what the timed call needs."""

import numpy as np


def conv2d(x, w, padding):
    n, channels = x.shape[:2]
    c_out, _, k, _ = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = np.lib.stride_tricks.sliding_window_view(xp, (k, k), axis=(2, 3))
    h_out, w_out = patches.shape[2:4]
    rows = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n, h_out * w_out, channels * k * k)
    y = rows @ w.reshape(c_out, -1).T
    return y.transpose(0, 2, 1).reshape(n, c_out, h_out, w_out)
