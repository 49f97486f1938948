"""Max pooling as two 1-D poolings, first along rows, then along columns; the chain rule undoes them."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def pool_last_axis(values: np.ndarray, kernel: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Maxima of 1-D windows and the offset of the first maximum in each window."""
    windows = sliding_window_view(values, kernel, axis=-1)[..., ::stride, :]
    return windows.max(axis=-1), windows.argmax(axis=-1)


def unpool_last_axis(
    grad: np.ndarray, winners: np.ndarray, kernel: int, stride: int, length: int
) -> np.ndarray:
    """The gradient of `pool_last_axis`: one strided slice for each offset in the window."""
    out = np.zeros((*grad.shape[:-1], length), dtype=grad.dtype)
    reach = (grad.shape[-1] - 1) * stride + 1
    for offset in range(kernel):
        out[..., offset : offset + reach : stride] += np.where(winners == offset, grad, 0)
    return out


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Leftmost winner of each row of a window, then the topmost of these: the first in row order."""
    if dout.ndim != 4 or x.ndim != 4:
        raise ValueError("dout and x need four axes")
    stride = kernel if stride is None else stride
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    height, width = x.shape[2:]
    if kernel > height or kernel > width:
        raise ValueError("the window is larger than x")
    pooled = tuple((size - kernel) // stride + 1 for size in (height, width))
    if dout.shape != (*x.shape[:2], *pooled):
        raise ValueError("dout does not have the shape of the pooled output")

    row_maxima, best_column = pool_last_axis(x, kernel, stride)
    _, best_row = pool_last_axis(row_maxima.swapaxes(2, 3), kernel, stride)
    d_row_maxima = unpool_last_axis(dout.swapaxes(2, 3), best_row, kernel, stride, height).swapaxes(2, 3)
    return unpool_last_axis(d_row_maxima, best_column, kernel, stride, width)
