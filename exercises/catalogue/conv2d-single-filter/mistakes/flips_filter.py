"""You turned the filter by 180 degrees before sliding it.

That is convolution as in signal processing. The task (and every deep learning framework) slides the filter
as it is, which is cross-correlation: `window[a, c]` meets `f[a, c]`. See it with a filter that has a single
1 in its top left corner: the output must be the top left part of the image; yours is the bottom right part.
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
    flipped = f[::-1, ::-1]
    y = np.zeros((h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            window = xp[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = np.sum(window * flipped) + bias
    return y
