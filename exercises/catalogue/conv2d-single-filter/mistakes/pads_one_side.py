"""You padded only at the top and the left.

`padding` zeros go on all four sides, so height and width grow by `2 * padding`; yours grow by `padding`,
and the output is too small at the bottom and the right. See it with a 3x3 filter and padding 1 at stride 1:
the output must be as large as the image.
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
    if kh > height + padding or kw > width + padding:
        raise ValueError("the filter does not fit into the padded image")
    h_out = (height + padding - kh) // stride + 1
    w_out = (width + padding - kw) // stride + 1
    xp = np.pad(x, ((padding, 0), (padding, 0), (0, 0)))
    y = np.zeros((h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            window = xp[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = np.sum(window * f) + bias
    return y
