import numpy as np

Pair = int | tuple[int, int]


def as_pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    """Read an int or a pair (height, width) and check its lower bound."""
    height, width = value if isinstance(value, (tuple, list)) else (value, value)
    if height < least or width < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return height, width


def check_arrays(x: np.ndarray, w: np.ndarray, b: np.ndarray | None, groups: int) -> None:
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError(f"x and w need four axes, got shapes {x.shape} and {w.shape}")
    if groups < 1 or x.shape[1] % groups or w.shape[0] % groups:
        raise ValueError(f"{groups} groups do not divide {x.shape[1]} input and {w.shape[0]} output channels")
    if w.shape[1] != x.shape[1] // groups:
        raise ValueError(f"w has depth {w.shape[1]}, each group has {x.shape[1] // groups} input channels")
    if b is not None and b.shape != (w.shape[0],):
        raise ValueError(f"b needs shape ({w.shape[0]},), got {b.shape}")


def output_size(size: int, k: int, s: int, p: int, d: int) -> int:
    extent = d * (k - 1) + 1
    if extent > size + 2 * p:
        raise ValueError(f"a kernel that spans {extent} does not fit into {size} with padding {p}")
    return (size + 2 * p - extent) // s + 1


def conv2d(
    x: np.ndarray,
    w: np.ndarray,
    b: np.ndarray | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Cross-correlate x (N, C_in, H, W) with filters w (C_out, C_in/groups, kh, kw).

    Returns (N, C_out, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    check_arrays(x, w, b, groups)
    (sh, sw), (ph, pw) = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    dh, dw = as_pair("dilation", dilation, 1)
    n, c_in, height, width = x.shape
    c_out, depth, kh, kw = w.shape
    h_out = output_size(height, kh, sh, ph, dh)
    w_out = output_size(width, kw, sw, pw, dw)

    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    blocks = xp.reshape(n, groups, depth, *xp.shape[2:])
    filters = w.reshape(groups, c_out // groups, depth, kh, kw)
    y = np.zeros((n, groups, c_out // groups, h_out * w_out), dtype=x.dtype)
    for a in range(kh):
        rows = slice(a * dh, a * dh + (h_out - 1) * sh + 1, sh)
        for c in range(kw):
            columns = slice(c * dw, c * dw + (w_out - 1) * sw + 1, sw)
            tap = blocks[..., rows, columns].reshape(n, groups, depth, h_out * w_out)
            y += filters[..., a, c] @ tap
    y = y.reshape(n, c_out, h_out, w_out)
    if b is not None:
        y += b.reshape(1, c_out, 1, 1)
    return y
