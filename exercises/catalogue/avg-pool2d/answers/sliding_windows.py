"""Padded input, sliding_window_view, and the same for the divisor."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def window_sums(x: np.ndarray, kernel: int, stride: int, padding: int) -> np.ndarray:
    """The sum of each window over the last two axes of x (N, C, H, W)."""
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    if min(padded.shape[2:]) < kernel:
        raise ValueError(f"a window of {kernel} does not fit into {padded.shape[2:]}")
    windows = sliding_window_view(padded, (kernel, kernel), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].sum(axis=(4, 5))


def avg_pool2d(
    x: np.ndarray,
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Average each window of each channel of x (N, C, H, W)."""
    if stride is None:
        stride = kernel
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    if padding < 0 or 2 * padding > kernel:
        raise ValueError("padding must be from 0 to half of the kernel")
    sums = window_sums(x, kernel, stride, padding)
    if count_include_pad:
        return sums / kernel**2
    return sums / window_sums(np.ones((1, 1, *x.shape[2:]), x.dtype), kernel, stride, padding)
