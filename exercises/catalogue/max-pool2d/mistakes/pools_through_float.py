"""You converted integers to float64 and back.

float64 holds integers exactly only up to 2**53; beyond that neighbouring values collapse, and the maximum
that you return may not be in the input at all. Stay in the dtype of `x` and pad with
`np.iinfo(x.dtype).min` instead of `-np.inf`.
"""

import numpy as np


def pair(value):
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)


def windows(size, k, s, p, ceil_mode):
    if k < 1 or s < 1 or p < 0:
        raise ValueError("kernel and stride must be at least 1, padding at least 0")
    if 2 * p > k:
        raise ValueError("padding is more than half of the kernel")
    room = size + 2 * p - k
    if room < 0:
        raise ValueError("the window does not fit into the padded input")
    if not ceil_mode:
        return room // s + 1
    count = -(-room // s) + 1
    if (count - 1) * s >= size + p:
        count -= 1
    return count


def max_pool2d(x, kernel, stride=None, padding=0, ceil_mode=False):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    kh, kw = pair(kernel)
    sh, sw = pair(kernel if stride is None else stride)
    n, c, height, width = x.shape
    h_out = windows(height, kh, sh, padding, ceil_mode)
    w_out = windows(width, kw, sw, padding, ceil_mode)
    bottom = max(padding, (h_out - 1) * sh + kh - height - padding)
    right = max(padding, (w_out - 1) * sw + kw - width - padding)
    xp = np.pad(
        x.astype(np.float64), ((0, 0), (0, 0), (padding, bottom), (padding, right)), constant_values=-np.inf
    )
    y = np.empty((n, c, h_out, w_out), dtype=x.dtype)
    for i in range(h_out):
        for j in range(w_out):
            y[:, :, i, j] = xp[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return y
