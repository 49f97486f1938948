"""You counted the padding once in the output size; it stands on both sides.

The padded input has `H + 2 * padding` rows. With `H + padding` the last window is missing wherever the
far side had room for one: see it with 4 rows, kernel 2 and padding 1, which give 3 outputs.
"""

import numpy as np


def avg_pool2d(x, kernel, stride=None, padding=0, count_include_pad=True):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("kernel and stride must be at least 1, padding at least 0")
    if 2 * padding > kernel:
        raise ValueError("padding is more than half of the kernel")
    height, width = x.shape[2] + padding, x.shape[3] + padding
    if height < kernel or width < kernel:
        raise ValueError("the window does not fit")
    h_out, w_out = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    margins = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    xp = np.pad(x, margins)
    inside = np.pad(np.ones_like(x), margins)
    y = np.empty((*x.shape[:2], h_out, w_out), dtype=x.dtype)
    for i in range(h_out):
        for j in range(w_out):
            rows = slice(i * stride, i * stride + kernel)
            columns = slice(j * stride, j * stride + kernel)
            total = xp[:, :, rows, columns].sum(axis=(2, 3))
            count = kernel**2 if count_include_pad else inside[:, :, rows, columns].sum(axis=(2, 3))
            y[:, :, i, j] = total / count
    return y
