"""You put whole channels side by side, as tiles.

Pixel shuffle interleaves them: the `r * r` values of one low-resolution pixel become one block of `r` by
`r` neighbours. In the transpose height must come before the row offset, `(n, c, h, i, w, j)`, not after it.
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
                y[:, k, i * height : (i + 1) * height, j * width : (j + 1) * width] = x[
                    :, k * r * r + i * r + j
                ]
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
                top, left = i * (rows // r), j * (columns // r)
                y[:, k * r * r + i * r + j] = x[:, k, top : top + rows // r, left : left + columns // r]
    return y
