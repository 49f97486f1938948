"""You padded the channel axis together with height and width.

`np.pad(x, padding)` pads every axis, so the first `padding` channels of the padded image are zeros and each
filter slice meets the wrong channel. Give each axis its own pair: `((padding, padding), (padding, padding),
(0, 0))`. See it by printing `xp.shape`: its last entry must still be `C`.
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
    xp = np.pad(x, padding)
    y = np.zeros((h_out, w_out))
    for i in range(h_out):
        for j in range(w_out):
            window = xp[i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[i, j] = bias
            for m in range(channels):
                y[i, j] += np.sum(window[:, :, m] * f[:, :, m])
    return y
