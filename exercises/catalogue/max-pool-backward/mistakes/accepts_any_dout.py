"""You did not compare the shape of `dout` with that of the pooled output.

A `dout` that is too large is silently cut, one of a single row or channel may be broadcast: the gradient
then belongs to another layer or to other settings. Compute `(N, C, H_out, W_out)` and compare.
"""

import numpy as np


def max_pool2d_backward(dout, x, kernel, stride=None):
    if dout.ndim != 4 or x.ndim != 4:
        raise ValueError("dout and x need four axes")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    n, c, height, width = x.shape
    if height < kernel or width < kernel:
        raise ValueError("the window does not fit")
    h_out, w_out = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    dout = np.resize(dout, (n, c, h_out, w_out))
    dx = np.zeros(x.shape, dtype=dout.dtype)
    for i in range(h_out):
        for j in range(w_out):
            rows = slice(i * stride, i * stride + kernel)
            columns = slice(j * stride, j * stride + kernel)
            window = x[:, :, rows, columns]
            winner = window.reshape(n, c, -1).argmax(axis=2)
            hit = np.arange(kernel**2) == winner[..., None]
            hit = hit.reshape(n, c, kernel, kernel)
            dx[:, :, rows, columns] += dout[:, :, i, j][..., None, None] * hit
    return dx
