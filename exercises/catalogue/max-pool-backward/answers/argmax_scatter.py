"""argmax over all windows at once, and a scatter with np.add.at."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Gradient of max pooling with respect to x (N, C, H, W), from that of its output."""
    stride = kernel if stride is None else stride
    if dout.ndim != 4 or x.ndim != 4:
        raise ValueError("dout and x must have four axes")
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    if kernel > min(x.shape[2:]):
        raise ValueError(f"a window of {kernel} does not fit into {x.shape[2:]}")

    windows = sliding_window_view(x, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]
    if dout.shape != windows.shape[:4]:
        raise ValueError(f"dout must have shape {windows.shape[:4]}, got {dout.shape}")
    winner = windows.reshape(*dout.shape, kernel * kernel).argmax(axis=-1)  # the first one of equals
    n, c, i, j = np.indices(dout.shape, sparse=True)
    dx = np.zeros(x.shape, dout.dtype)
    np.add.at(dx, (n, c, i * stride + winner // kernel, j * stride + winner % kernel), dout)
    return dx
