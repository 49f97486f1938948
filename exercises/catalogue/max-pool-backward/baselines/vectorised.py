"""Windows as rows of a matrix, argmax of each row, a scatter that adds. Only what the timed call needs."""

import numpy as np


def max_pool2d_backward(dout, x, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]
    winner = windows.reshape(*windows.shape[:4], kernel * kernel).argmax(axis=-1)
    n, c, i, j = np.indices(winner.shape, sparse=True)
    dx = np.zeros_like(x)
    np.add.at(dx, (n, c, i * stride + winner // kernel, j * stride + winner % kernel), dout)
    return dx
