"""You computed the size with `int(.../stride) + 1` and never checked that the filter fits.

`int()` truncates towards zero, so a slightly negative quotient becomes 0 and the size becomes 1: an image
of height 1, a filter of height 3 and stride 5 give `int(-0.4) + 1 = 1`. Your function then returns a number
for a window that does not exist. Compare `kh` with `H + 2 * padding` (and `kw` with the width) and raise
`ValueError` before you divide.
"""

import numpy as np


def conv2d_single(x, f, bias=0.0, stride=1, padding=0):
    if x.ndim != 3 or f.ndim != 3:
        raise ValueError("x and f need three axes")
    if x.shape[2] != f.shape[2]:
        raise ValueError("x and f differ in channels")
    if stride < 1 or padding < 0:
        raise ValueError("stride must be at least 1 and padding at least 0")
    height, width, channels = x.shape
    kh, kw, _ = f.shape
    h_out = int((height + 2 * padding - kh) / stride) + 1
    w_out = int((width + 2 * padding - kw) / stride) + 1
    xp = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    y = np.zeros((h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            window = xp[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = np.sum(window * f) + bias
    return y
