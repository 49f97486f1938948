"""Arrays of row and column numbers: read through them in im2col, add through them in col2im."""

import numpy as np

Pair = int | tuple[int, int]


def axis_index(size: int, k: int, s: int, p: int, d: int) -> np.ndarray:
    """Coordinate (k, out) in the padded axis that each tap reads at each output position."""
    if min(k, s, d) < 1 or p < 0:
        raise ValueError("kernel, stride and dilation have to be at least 1, padding at least 0")
    last_start = size + 2 * p - (d * (k - 1) + 1)
    if last_start < 0:
        raise ValueError("no window fits into the padded image")
    return d * np.arange(k)[:, None] + np.arange(0, last_start + 1, s)


def patch_index(
    shape: tuple[int, ...], kernel: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (kh, 1, H_out, 1) and columns (1, kw, 1, W_out) of all patches in the padded image."""
    if len(shape) != 4:
        raise ValueError("the image needs four axes")
    settings = [np.broadcast_to(value, 2).tolist() for value in (kernel, stride, padding, dilation)]
    by_axis = list(zip(*settings, strict=True))
    rows = axis_index(shape[2], *by_axis[0])
    columns = axis_index(shape[3], *by_axis[1])
    return rows[:, None, :, None], columns[None, :, None, :]


def im2col(
    x: np.ndarray, kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> np.ndarray:
    """Copy every patch of x (N, C, H, W) into a column: (N, C*kh*kw, L)."""
    rows, columns = patch_index(x.shape, kernel, stride, padding, dilation)
    ph, pw = np.broadcast_to(padding, 2)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    patches = padded[:, :, rows, columns]  # (N, C, kh, kw, H_out, W_out)
    N, C, kh, kw, H_out, W_out = patches.shape
    return patches.reshape(N, C * kh * kw, H_out * W_out)


def col2im(
    cols: np.ndarray,
    shape: tuple[int, int, int, int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> np.ndarray:
    """Add the columns (N, C*kh*kw, L) into an image of this shape: repeated indices add up."""
    rows, columns = patch_index(shape, kernel, stride, padding, dilation)
    N, C, H, W = shape
    kh, kw, H_out, W_out = np.broadcast_shapes(rows.shape, columns.shape)
    if cols.shape != (N, C * kh * kw, H_out * W_out):
        raise ValueError(f"columns {cols.shape} do not belong to an image {shape}")
    ph, pw = np.broadcast_to(padding, 2)
    padded = np.zeros((N, C, H + 2 * ph, W + 2 * pw), cols.dtype)
    np.add.at(padded, (slice(None), slice(None), rows, columns), cols.reshape(N, C, kh, kw, H_out, W_out))
    return padded[:, :, ph : ph + H, pw : pw + W]


def conv2d(
    x: np.ndarray, w: np.ndarray, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> np.ndarray:
    """Cross-correlate x (N, C, H, W) with filters w (C_out, C, kh, kw) by one matrix product."""
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError("x and w need four axes")
    C_out, C, *kernel = w.shape
    if C != x.shape[1]:
        raise ValueError(f"filters for {C} channels, but {x.shape[1]} channels in x")
    rows, columns = patch_index(x.shape, kernel, stride, padding, dilation)
    cols = im2col(x, kernel, stride, padding, dilation)
    return (w.reshape(C_out, -1) @ cols).reshape(len(x), C_out, rows.shape[2], columns.shape[3])
