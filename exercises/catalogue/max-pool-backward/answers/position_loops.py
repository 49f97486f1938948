"""Loops over output positions, all images and channels of one position at once."""

import numpy as np


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Add the gradient of each window to the cell that won it."""
    if dout.ndim != 4 or x.ndim != 4:
        raise ValueError("dout and x need four axes")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    batch, channels, height, width = x.shape
    if kernel > min(height, width):
        raise ValueError("the window is larger than x")
    h_out, w_out = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    if dout.shape != (batch, channels, h_out, w_out):
        raise ValueError("dout does not have the shape of the pooled output")

    maps = batch * channels
    planes, grads = x.reshape(maps, height, width), dout.reshape(maps, h_out, w_out)
    dx = np.zeros((maps, height, width), dtype=dout.dtype)
    every_map = np.arange(maps)
    for i in range(h_out):
        for j in range(w_out):
            top, left = i * stride, j * stride
            window = planes[:, top : top + kernel, left : left + kernel].reshape(maps, kernel * kernel)
            row, col = np.divmod(window.argmax(axis=1), kernel)  # argmax takes the first in row order
            dx[every_map, top + row, left + col] += grads[:, i, j]
    return dx.reshape(x.shape)
