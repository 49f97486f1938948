"""Max pooling in NumPy."""

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
    kernel = pair("kernel", kernel, 1)
    stride = kernel if stride is None else pair("stride", stride, 1)
    padding = pair("padding", padding, 0)
    margins = []
    for n, k, s, p in zip(x.shape[2:], kernel, stride, padding, strict=True):
        size = pool_output_size(n, k, s, p, ceil_mode)
        margins.append((p, max(p, (size - 1) * s + k - n - p)))
    rows, columns = margins
    view = windows(padded(x, rows, columns, _lowest(x.dtype)), kernel, stride, (1, 1))
    height, width = (
        pool_output_size(n, k, s, p, ceil_mode)
        for n, k, s, p in zip(x.shape[2:], kernel, stride, padding, strict=True)
    )
    return view[:, :, :height, :width].max(axis=(4, 5))


def _lowest(dtype: np.dtype) -> float | int:
    """What never wins a maximum."""
    return -np.inf if dtype.kind == "f" else int(np.iinfo(dtype).min)
