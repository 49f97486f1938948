import numpy as np


def output_size(size: int, k: int, s: int, p: int, d: int) -> int:
    """Number of windows along one axis. Raises ValueError where none fits."""
    room = size + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError(f"a kernel of {k} with dilation {d} does not fit into {size} with padding {p}")
    return room // s + 1


def conv2d_backward(
    dout: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of a conv layer from that of its output, dout (N, C_out, H_out, W_out).

    x (N, C_in, H, W) and w (C_out, C_in, kh, kw) are what the forward pass got. Returns dx, dw, db with the
    shapes of x, w and (C_out,). Raises ValueError for bad input.
    """
    if x.ndim != 4 or w.ndim != 4 or x.shape[1] != w.shape[1]:
        raise ValueError(f"x (N, C_in, H, W) and w (C_out, C_in, kh, kw), got {x.shape} and {w.shape}")
    if stride < 1 or padding < 0 or dilation < 1:
        raise ValueError("stride and dilation must be at least 1, padding at least 0")
    height, width, kh, kw = x.shape[2], x.shape[3], w.shape[2], w.shape[3]
    h_out = output_size(height, kh, stride, padding, dilation)
    w_out = output_size(width, kw, stride, padding, dilation)
    if dout.shape != (len(x), len(w), h_out, w_out):
        raise ValueError(f"dout has shape {dout.shape}, the output has {(len(x), len(w), h_out, w_out)}")

    inside = (slice(None), slice(None), slice(padding, padding + height), slice(padding, padding + width))
    xp = np.zeros((*x.shape[:2], height + 2 * padding, width + 2 * padding), dtype=x.dtype)
    xp[inside] = x
    dxp, dw = np.zeros_like(xp), np.empty_like(w)
    for a in range(kh):
        for b in range(kw):
            # What weight (a, b) was multiplied with, for all outputs at once.
            top, left = a * dilation, b * dilation
            rows = slice(top, top + (h_out - 1) * stride + 1, stride)
            columns = slice(left, left + (w_out - 1) * stride + 1, stride)
            met = (slice(None), slice(None), rows, columns)
            dw[:, :, a, b] = np.tensordot(dout, xp[met], axes=((0, 2, 3), (0, 2, 3)))
            dxp[met] += np.tensordot(dout, w[:, :, a, b], axes=((1,), (0,))).transpose(0, 3, 1, 2)
    return dxp[inside], dw, dout.sum(axis=(0, 2, 3))
