"""You let the output channel count fastest among the input channels: order (i, j, c) instead of (c, i, j).

The `r * r` channels that make up one output channel lie next to each other, so that channel `c` starts at
`c * r * r`. With one output channel nothing shows.
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
                y[:, k, i::r, j::r] = x[:, (i * r + j) * c + k]
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
                y[:, (i * r + j) * c + k] = x[:, k, i::r, j::r]
    return y
