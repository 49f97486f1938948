"""You gave the whole gradient to every cell that is equal to the maximum.

With ties the gradient is multiplied: a window of four equal cells hands out four times what came in. The
sum of `dx` must be the sum of `dout`. Pick the first winner in row order.
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
            hit = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, rows, columns] += dout[:, :, i, j][..., None, None] * hit
    return dx
