"""Loops over input positions, each of which adds its scaled kernel to the sheet."""

import numpy as np


def conv_transpose2d(
    x: np.ndarray, w: np.ndarray, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> np.ndarray:
    """Spread x (N, C_in, H, W) through kernels w (C_in, C_out, kh, kw)."""
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError("x and w need four axes")
    N, C_in, H, W = x.shape
    _, C_out, kh, kw = w.shape
    if w.shape[0] != C_in:
        raise ValueError(f"kernels for {w.shape[0]} input channels, but {C_in} in x")
    if stride < 1 or padding < 0:
        raise ValueError("stride has to be at least 1, and padding at least 0")
    if output_padding < 0 or output_padding >= stride:
        raise ValueError("output_padding has to be at least 0 and below the stride")
    height = (H - 1) * stride + kh + output_padding  # of the sheet, before the padding is cut off
    width = (W - 1) * stride + kw + output_padding
    if height - 2 * padding < 1 or width - 2 * padding < 1:
        raise ValueError("nothing is left of the output")

    sheet = np.zeros((N, C_out, height, width), x.dtype)
    for i in range(H):
        for j in range(W):
            top, left = i * stride, j * stride
            scaled_kernel = np.tensordot(x[:, :, i, j], w, axes=1)  # (N, C_out, kh, kw)
            sheet[:, :, top : top + kh, left : left + kw] += scaled_kernel
    return sheet[:, :, padding : height - padding, padding : width - padding]
