import torch

Pair = int | tuple[int, int]


def as_pair(value: Pair) -> tuple[int, int]:
    height, width = value if isinstance(value, (tuple, list)) else (value, value)
    return height, width


def output_size(size: int, k: int, s: int, p: int, ceil_mode: bool) -> int:
    """Number of windows along one axis. Raises ValueError for settings that make no sense."""
    if k < 1 or s < 1 or p < 0:
        raise ValueError(f"kernel and stride must be at least 1, padding at least 0; got {k}, {s}, {p}")
    if 2 * p > k:
        raise ValueError(f"padding {p} is more than half of the kernel {k}")
    room = size + 2 * p - k
    if room < 0:
        raise ValueError(f"a window of {k} does not fit into {size} with padding {p}")
    if not ceil_mode:
        return room // s + 1
    count = -(-room // s) + 1
    return count - 1 if (count - 1) * s >= size + p else count


def lowest(dtype: torch.dtype) -> float | int:
    """A value that no other value of this dtype is below."""
    return -torch.inf if dtype.is_floating_point else torch.iinfo(dtype).min


def max_pool2d(
    x: torch.Tensor,
    kernel: Pair,
    stride: Pair | None = None,
    padding: int = 0,
    ceil_mode: bool = False,
) -> torch.Tensor:
    """Pool each channel of x (N, C, H, W) by its window maximum.

    Returns (N, C, H_out, W_out) in the dtype of x, on its device. Raises ValueError for bad input.
    """
    x = torch.as_tensor(x)
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {x.shape}")
    kh, kw = as_pair(kernel)
    sh, sw = (kh, kw) if stride is None else as_pair(stride)
    n, c, height, width = x.shape
    h_out = output_size(height, kh, sh, padding, ceil_mode)
    w_out = output_size(width, kw, sw, padding, ceil_mode)

    # The far edge gets what the last window needs, which in ceil mode may be more than the padding.
    rows = max(height + 2 * padding, (h_out - 1) * sh + kh)
    columns = max(width + 2 * padding, (w_out - 1) * sw + kw)
    xp = x.new_full((n, c, rows, columns), lowest(x.dtype))
    xp[:, :, padding : padding + height, padding : padding + width] = x

    windows = xp.unfold(2, kh, sh)[:, :, :h_out].unfold(3, kw, sw)[:, :, :, :w_out]
    return windows.amax(dim=(4, 5))  # a view (N, C, H_out, W_out, kh, kw) until here
