"""You started the search for the maximum at 0.

In a window whose values are all negative nothing exceeds the start, so nobody wins and its gradient is
lost. Start with the first cell of the window, or with minus infinity.
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
    if dout.shape != (n, c, h_out, w_out):
        raise ValueError("dout does not have the shape of the pooled output")
    dx = np.zeros(x.shape, dtype=dout.dtype)
    for i in range(h_out):
        for j in range(w_out):
            rows = slice(i * stride, i * stride + kernel)
            columns = slice(j * stride, j * stride + kernel)
            window = x[:, :, rows, columns]
            winner = window.reshape(n, c, -1).argmax(axis=2)
            hit = np.arange(kernel**2) == winner[..., None]
            hit = hit.reshape(n, c, kernel, kernel) & (window > 0)
            dx[:, :, rows, columns] += dout[:, :, i, j][..., None, None] * hit
    return dx
