import torch
from torch.nn import functional

Pair = int | tuple[int, int]


def as_pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    height, width = value if isinstance(value, (tuple, list)) else (value, value)
    if height < least or width < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return height, width


def reads(size: int, k: int, s: int, p: int, d: int) -> tuple[int, list[slice]]:
    """How often the window fits along one axis, and what each of its taps reads of the padded axis."""
    room = size + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError(f"a window of {k} taps, {d} apart, does not fit into {size} with padding {p}")
    count = room // s + 1
    return count, [slice(a * d, a * d + (count - 1) * s + 1, s) for a in range(k)]


def layout(
    height: int, width: int, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> tuple[tuple[int, list[slice]], tuple[int, list[slice]], tuple[int, int]]:
    """`reads` for the rows and for the columns, and the padding as a pair."""
    kh, kw = as_pair("kernel", kernel, 1)
    sh, sw = as_pair("stride", stride, 1)
    ph, pw = as_pair("padding", padding, 0)
    dh, dw = as_pair("dilation", dilation, 1)
    return reads(height, kh, sh, ph, dh), reads(width, kw, sw, pw, dw), (ph, pw)


def im2col(
    x: torch.Tensor, kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> torch.Tensor:
    """Copy every patch of x (N, C, H, W) into a column.

    Returns (N, C*kh*kw, L) in the dtype of x, L = H_out*W_out. Raises ValueError for bad input.
    """
    x = torch.as_tensor(x)
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {tuple(x.shape)}")
    n, c, height, width = x.shape
    (h_out, rows), (w_out, columns), (ph, pw) = layout(height, width, kernel, stride, padding, dilation)
    framed = functional.pad(x, (pw, pw, ph, ph))
    cols = x.new_empty((n, c, len(rows), len(columns), h_out, w_out))
    for a, down in enumerate(rows):
        for b, across in enumerate(columns):
            cols[:, :, a, b] = framed[:, :, down, across]
    return cols.reshape(n, c * len(rows) * len(columns), h_out * w_out)


def col2im(
    cols: torch.Tensor,
    shape: tuple[int, int, int, int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> torch.Tensor:
    """Add the columns cols (N, C*kh*kw, L) into an image of this shape (N, C, H, W).

    Returns the image in the dtype of cols. Raises ValueError for bad input.
    """
    cols = torch.as_tensor(cols)
    n, c, height, width = shape
    (h_out, rows), (w_out, columns), (ph, pw) = layout(height, width, kernel, stride, padding, dilation)
    if cols.shape != (n, c * len(rows) * len(columns), h_out * w_out):
        raise ValueError(f"columns of shape {tuple(cols.shape)} do not belong to an image of shape {shape}")
    patches = cols.reshape(n, c, len(rows), len(columns), h_out, w_out)
    framed = cols.new_zeros((n, c, height + 2 * ph, width + 2 * pw))
    for a, down in enumerate(rows):
        for b, across in enumerate(columns):
            framed[:, :, down, across] += patches[:, :, a, b]
    return framed[:, :, ph : ph + height, pw : pw + width]


def conv2d(
    x: torch.Tensor, w: torch.Tensor, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> torch.Tensor:
    """Cross-correlate x (N, C, H, W) with filters w (C_out, C, kh, kw) by one matrix product.

    Returns (N, C_out, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    x, w = torch.as_tensor(x), torch.as_tensor(w)
    if x.ndim != 4 or w.ndim != 4 or w.shape[1] != x.shape[1]:
        raise ValueError(f"filters of shape {tuple(w.shape)} do not fit images of shape {tuple(x.shape)}")
    kernel = w.shape[2:]
    (h_out, _), (w_out, _), _ = layout(*x.shape[2:], kernel, stride, padding, dilation)
    y = w.reshape(w.shape[0], -1) @ im2col(x, kernel, stride, padding, dilation)
    return y.reshape(x.shape[0], w.shape[0], h_out, w_out)
