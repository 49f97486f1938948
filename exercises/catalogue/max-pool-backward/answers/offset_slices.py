"""Loops over the offsets in the window, with strided slices of all windows."""

import numpy as np


def max_pool2d_backward(
    dout: np.ndarray, x: np.ndarray, kernel: int, stride: int | None = None
) -> np.ndarray:
    """Gradient of max pooling with respect to x (N, C, H, W), from that of its output."""
    if dout.ndim != 4 or x.ndim != 4:
        raise ValueError("dout and x must have four axes")
    if stride is None:
        stride = kernel
    if kernel < 1 or stride < 1:
        raise ValueError("kernel and stride must be at least 1")
    n, c, h, w = x.shape
    if kernel > h or kernel > w:
        raise ValueError(f"a window of {kernel} does not fit into {h}x{w}")
    h_out, w_out = (h - kernel) // stride + 1, (w - kernel) // stride + 1
    if dout.shape != (n, c, h_out, w_out):
        raise ValueError(f"dout must have shape {(n, c, h_out, w_out)}, got {dout.shape}")

    # for each offset in row order: the cell at this offset of every window
    cells = [
        (
            slice(None),
            slice(None),
            slice(a, a + stride * (h_out - 1) + 1, stride),
            slice(b, b + stride * (w_out - 1) + 1, stride),
        )
        for a in range(kernel)
        for b in range(kernel)
    ]
    best = x[cells[0]].copy()
    winner = np.zeros(dout.shape, dtype=np.intp)
    for offset, cell in enumerate(cells):
        better = x[cell] > best  # strictly: of equals the first one stays
        best[better] = x[cell][better]
        winner[better] = offset

    dx = np.zeros(x.shape, dout.dtype)
    for offset, cell in enumerate(cells):
        dx[cell] += dout * (winner == offset)
    return dx
