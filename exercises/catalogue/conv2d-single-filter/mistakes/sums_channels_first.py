"""You added up the channels of the image and of the filter before multiplying.

The sum of products is not the product of sums: `x1*f1 + x2*f2` is not `(x1 + x2) * (f1 + f2)`. Multiply
each channel by its own slice of the filter first, then add. See it with two channels and the filter `[1,
-1]`: the right answer is the difference of the channels, yours is always 0.
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
    gray = x.sum(axis=2)
    flat = f.sum(axis=2)
    xp = np.pad(gray, padding)
    y = np.zeros((h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            window = xp[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = np.sum(window * flat) + bias
    return y
