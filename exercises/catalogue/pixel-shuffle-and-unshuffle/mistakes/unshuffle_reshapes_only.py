"""Your shuffle is right, but your unshuffle only reshapes.

A reshape keeps the order in memory and cuts rows into pieces. Split height and width into `(H, r)` and `(W,
r)`, bring both offsets next to the channel by a transpose, and reshape then.
"""

import numpy as np


def check(x, r):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if r < 1:
        raise ValueError("r must be at least 1")


def pixel_shuffle(x, r):
    check(x, r)
    n, channels, height, width = x.shape
    if channels % (r * r):
        raise ValueError("the channels are not divisible by r * r")
    c = channels // (r * r)
    y = np.empty((n, c, height * r, width * r), dtype=x.dtype)
    for k in range(c):
        for i in range(r):
            for j in range(r):
                y[:, k, i::r, j::r] = x[:, k * r * r + i * r + j]
    return y


def pixel_unshuffle(x, r):
    check(x, r)
    n, c, rows, columns = x.shape
    if rows % r or columns % r:
        raise ValueError("the image is not divisible by r")
    return x.reshape(n, c * r * r, rows // r, columns // r)
