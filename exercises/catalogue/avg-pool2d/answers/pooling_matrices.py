"""Two matrix products: pooling is separable, rows first and then columns."""

import numpy as np


def pooling_matrix(size: int, kernel: int, stride: int, padding: int) -> np.ndarray:
    """(out, size) matrix with 1 where a window covers a cell of the input; padding needs no columns."""
    if size + 2 * padding < kernel:
        raise ValueError(f"a window of {kernel} does not fit into {size} cells with padding {padding}")
    out = (size + 2 * padding - kernel) // stride + 1
    start = np.arange(out)[:, None] * stride - padding
    cell = np.arange(size)
    return ((start <= cell) & (cell < start + kernel)).astype(np.float64)


def avg_pool2d(
    x: np.ndarray,
    kernel: int,
    stride: int | None = None,
    padding: int = 0,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Average each window of each channel of x (N, C, H, W)."""
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1 or padding < 0:
        raise ValueError("kernel and stride must be at least 1, padding at least 0")
    if 2 * padding > kernel:
        raise ValueError("padding is more than half of the kernel")

    rows = pooling_matrix(x.shape[2], kernel, stride, padding)
    columns = pooling_matrix(x.shape[3], kernel, stride, padding)
    if count_include_pad:
        rows, columns = rows / kernel, columns / kernel
    else:
        rows, columns = (m / m.sum(axis=1, keepdims=True) for m in (rows, columns))
    return (rows @ x @ columns.T).astype(x.dtype)
