"""You filled every block from its far corner: offset `(r - 1 - i, r - 1 - j)` instead of `(i, j)`.

The first of the `r * r` channels is the pixel at the upper left of each block. Since your unshuffle has the
same turn, it still undoes your shuffle: being inverse to each other does not prove either of them.
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
                y[:, k, r - 1 - i :: r, r - 1 - j :: r] = x[:, k * r * r + i * r + j]
    return y


def pixel_unshuffle(x, r):
    check(x, r)
    n, c, rows, columns = x.shape
    if rows % r or columns % r:
        raise ValueError("the image is not divisible by r")
    y = np.empty((n, c * r * r, rows // r, columns // r), dtype=x.dtype)
    for k in range(c):
        for i in range(r):
            for j in range(r):
                y[:, k * r * r + i * r + j] = x[:, k, r - 1 - i :: r, r - 1 - j :: r]
    return y
