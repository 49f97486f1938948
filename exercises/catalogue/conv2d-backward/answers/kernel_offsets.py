"""Loops over the kernel's offsets, with a tensordot for all positions of one offset."""

import numpy as np


def output_size(size: int, k: int, stride: int, padding: int, dilation: int) -> int:
    room = size + 2 * padding - dilation * (k - 1) - 1
    if room < 0:
        raise ValueError("the effective kernel is larger than the padded input")
    return room // stride + 1


def conv2d_backward(
    dout: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients dx, dw, db of a conv layer from that of its output, dout (N, C_out, H_out, W_out)."""
    if dout.ndim != 4 or x.ndim != 4 or w.ndim != 4:
        raise ValueError("dout, x and w must have four axes")
    if stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("stride and dilation must be at least 1, padding at least 0")
    n, c_in, h, width = x.shape
    c_out, c_w, kh, kw = w.shape
    if c_w != c_in:
        raise ValueError(f"w is for {c_w} channels, x has {c_in}")
    h_out = output_size(h, kh, stride, padding, dilation)
    w_out = output_size(width, kw, stride, padding, dilation)
    if dout.shape != (n, c_out, h_out, w_out):
        raise ValueError(f"dout must have shape {(n, c_out, h_out, w_out)}, got {dout.shape}")

    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dpadded, dw = np.zeros_like(padded), np.empty_like(w)
    for a in range(kh):
        top = a * dilation
        rows = slice(top, top + stride * (h_out - 1) + 1, stride)
        for c in range(kw):
            left = c * dilation
            columns = slice(left, left + stride * (w_out - 1) + 1, stride)
            # the input cells that this weight meets, one for each output position
            dw[:, :, a, c] = np.tensordot(dout, padded[:, :, rows, columns], axes=([0, 2, 3], [0, 2, 3]))
            dcells = np.tensordot(w[:, :, a, c], dout, axes=(0, 1))  # (C_in, N, H_out, W_out)
            dpadded[:, :, rows, columns] += dcells.swapaxes(0, 1)
    dx = dpadded[:, :, padding : padding + h, padding : padding + width]
    return dx, dw, dout.sum(axis=(0, 2, 3))
