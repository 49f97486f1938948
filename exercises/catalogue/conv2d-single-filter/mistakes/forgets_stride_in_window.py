"""You used the stride for the output size but not for the position of the window.

Output `(i, j)` reads the window that starts at row `i * stride` and column `j * stride`; yours starts at
`(i, j)`, so you return the top left corner of the stride-1 result. At stride 1 both are the same; see it at
stride 2.
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
    if kh > height + 2 * padding or kw > width + 2 * padding:
        raise ValueError("the filter does not fit into the padded image")
    h_out = (height + 2 * padding - kh) // stride + 1
    w_out = (width + 2 * padding - kw) // stride + 1
    xp = np.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    y = np.zeros((h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            window = xp[i : i + kh, j : j + kw]
            y[i, j] = np.sum(window * f) + bias
    return y
