"""Loops over output positions: each one reads, and passes its gradient back to, one window."""

import numpy as np


def conv2d_backward(
    dout: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients dx, dw and db of a convolution layer."""
    if dout.ndim != 4 or x.ndim != 4 or w.ndim != 4:
        raise ValueError("dout, x and w need four axes")
    if w.shape[1] != x.shape[1]:
        raise ValueError("w does not fit the channels of x")
    if stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("stride and dilation must be at least 1, padding at least 0")
    batch, _, height, width = x.shape
    extent_h, extent_w = (dilation * (size - 1) + 1 for size in w.shape[2:])
    room_h, room_w = height + 2 * padding - extent_h, width + 2 * padding - extent_w
    if room_h < 0 or room_w < 0:
        raise ValueError("the kernel is larger than the padded input")
    h_out, w_out = room_h // stride + 1, room_w // stride + 1
    if dout.shape != (batch, w.shape[0], h_out, w_out):
        raise ValueError("dout does not have the shape of the layer's output")

    x_pad = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dx_pad, dw = np.zeros_like(x_pad), np.zeros_like(w)
    for i in range(h_out):
        rows = slice(i * stride, i * stride + extent_h, dilation)
        for j in range(w_out):
            cols = slice(j * stride, j * stride + extent_w, dilation)
            grad = dout[:, :, i, j]  # (N, C_out)
            dw += np.tensordot(grad, x_pad[:, :, rows, cols], axes=(0, 0))
            dx_pad[:, :, rows, cols] += np.tensordot(grad, w, axes=1)
    dx = dx_pad[:, :, padding : padding + height, padding : padding + width]
    return dx, dw, dout.sum(axis=(0, 2, 3))
