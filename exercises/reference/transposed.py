"""Transposed convolution in NumPy."""

import numpy as np

from exercises.reference.arithmetic import effective_kernel, transposed_output_size
from exercises.reference.checking import Pair, pair, rank
from exercises.reference.rearranging import scattered


def conv_transpose2d(
    x: np.ndarray,
    w: np.ndarray,
    stride: Pair = 1,
    padding: Pair = 0,
    output_padding: Pair = 0,
    dilation: Pair = 1,
) -> np.ndarray:
    """The adjoint of `conv2d` with the same weights: every input value spreads a scaled kernel.

    x (N, C_in, H, W), w (C_in, C_out, kh, kw); gives (N, C_out, H_out, W_out), with sizes by
    `arithmetic.transposed_output_size`, where y[n, o, u, v] is the sum of x[n, m, i, j] * w[m, o, a, b] over
    all m, i, j, a, b with u = i*s + a*d - p and v likewise. Raises ValueError for wrong ranks, weights of
    another depth, output_padding not below stride or dilation, and sizes below 1.
    """
    x, w = rank("x", x, "N, C_in, H, W"), rank("w", w, "C_in, C_out, kh, kw")
    stride, dilation = pair("stride", stride, 1), pair("dilation", dilation, 1)
    padding, output_padding = pair("padding", padding, 0), pair("output_padding", output_padding, 0)
    c_in, height, width = x.shape[1:]
    if w.shape[0] != c_in:
        raise ValueError(f"w is for {w.shape[0]} input channels, x has {c_in}")
    settings = list(zip((height, width), w.shape[2:], stride, padding, output_padding, dilation, strict=True))
    rows, columns = (transposed_output_size(*one) for one in settings)
    sheet = scattered(_patches(x, w), _sheet_size(settings), stride, dilation)
    return sheet[:, :, padding[0] : padding[0] + rows, padding[1] : padding[1] + columns]


def _patches(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    """The kernel scaled by every input value, summed over input channels: (N, C_out, kh, kw, H, W)."""
    n, c_in, height, width = x.shape
    scaled = w.reshape(c_in, -1).T @ x.reshape(n, c_in, -1)
    return scaled.reshape(n, *w.shape[1:], height, width)


def _sheet_size(settings: list[tuple[int, ...]]) -> tuple[int, int]:
    """What all copies of the kernel cover, with the output padding behind it."""
    rows, columns = ((n - 1) * s + effective_kernel(k, d) + extra for n, k, s, _, extra, d in settings)
    return rows, columns
