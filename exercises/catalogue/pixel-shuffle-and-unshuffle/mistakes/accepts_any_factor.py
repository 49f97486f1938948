"""You treat a factor below 1 as 1.

A factor of 0 or less has no meaning. Raise `ValueError`, so that a wrong setting is seen where it is made.
"""

import numpy as np


def check(x, r):
    if x.ndim != 4:
        raise ValueError("x needs four axes")


def pixel_shuffle(x, r):
    check(x, r)
    r = max(r, 1)
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
    r = max(r, 1)
    n, c, rows, columns = x.shape
    if rows % r or columns % r:
        raise ValueError("the image is not divisible by r")
    y = np.empty((n, c * r * r, rows // r, columns // r), dtype=x.dtype)
    for k in range(c):
        for i in range(r):
            for j in range(r):
                y[:, k * r * r + i * r + j] = x[:, k, i::r, j::r]
    return y
