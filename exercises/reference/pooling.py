"""Max and average pooling in NumPy."""

import numpy as np

from exercises.reference.arithmetic import pool_output_size
from exercises.reference.checking import Pair, pair, rank
from exercises.reference.convolution import padded, windows


def max_pool2d(
    x: np.ndarray, kernel: Pair, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> np.ndarray:
    """The largest value of each window of each channel; the padding counts as minus infinity.

    x (N, C, H, W) of floats or integers; gives the same dtype, (N, C, H_out, W_out). The stride defaults to
    the kernel. With `ceil_mode` a last, incomplete window counts if it starts within the input or the padding
    before it. Raises ValueError where the window is larger than the padded input, padding exceeds half the
    kernel, or stride is below 1.
    """
    x = rank("x", x, "N, C, H, W")
    view = _pooled_windows(x, kernel, stride, padding, ceil_mode, _lowest(x.dtype))
    return view.max(axis=(4, 5))


def avg_pool2d(
    x: np.ndarray,
    kernel: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> np.ndarray:
    """The average of each window of each channel, with zero padding.

    x (N, C, H, W) of floats; gives the same dtype, (N, C, H_out, W_out). With `count_include_pad` the divisor
    counts the padding, but not what a last window in `ceil_mode` covers beyond it; else only cells of the
    input (PyTorch's rules). Sizes and errors as in `max_pool2d`.
    """
    x = rank("x", x, "N, C, H, W")
    view = _pooled_windows(x, kernel, stride, padding, ceil_mode, 0)
    axes = zip(x.shape[2:], view.shape[2:4], *_settings(kernel, stride, padding), strict=True)
    rows, columns = (_covered(*axis, count_include_pad) for axis in axes)
    return (view.sum(axis=(4, 5)) / np.outer(rows, columns)).astype(x.dtype, copy=False)


def _settings(
    kernel: Pair, stride: Pair | None, padding: Pair
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Kernel, stride and padding as pairs; the stride defaults to the kernel."""
    kernel = pair("kernel", kernel, 1)
    return kernel, kernel if stride is None else pair("stride", stride, 1), pair("padding", padding, 0)


def _pooled_windows(
    x: np.ndarray, kernel: Pair, stride: Pair | None, padding: Pair, ceil_mode: bool, value: float
) -> np.ndarray:
    """The windows that count, as a view (N, C, H_out, W_out, kh, kw) of x with `value` around it."""
    kernel, stride, padding = _settings(kernel, stride, padding)
    sizes, margins = [], []
    for n, k, s, p in zip(x.shape[2:], kernel, stride, padding, strict=True):
        sizes.append(pool_output_size(n, k, s, p, ceil_mode))
        margins.append((p, max(p, (sizes[-1] - 1) * s + k - n - p)))
    rows, columns = margins
    view = windows(padded(x, rows, columns, value), kernel, stride, (1, 1))
    return view[:, :, : sizes[0], : sizes[1]]


def _covered(n: int, count: int, k: int, s: int, p: int, include_pad: bool) -> np.ndarray:
    """How many cells of an axis of length n each of its windows averages over."""
    margin = p if include_pad else 0
    starts = np.arange(count) * s - p
    return np.minimum(starts + k, n + margin) - np.maximum(starts, -margin)


def _lowest(dtype: np.dtype) -> float | int:
    """What never wins a maximum."""
    return -np.inf if dtype.kind == "f" else int(np.iinfo(dtype).min)
