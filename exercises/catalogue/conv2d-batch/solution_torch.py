import torch

Pair = int | tuple[int, int]


def as_pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    """Read an int or a pair (height, width) and check its lower bound."""
    height, width = value if isinstance(value, (tuple, list)) else (value, value)
    if height < least or width < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return height, width


def check_tensors(x: torch.Tensor, w: torch.Tensor, b: torch.Tensor | None, groups: int) -> None:
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError(f"x and w need four axes, got shapes {x.shape} and {w.shape}")
    if groups < 1 or w.shape[0] % groups:
        raise ValueError(f"{groups} groups do not divide {w.shape[0]} output channels")
    if w.shape[1] * groups != x.shape[1]:
        raise ValueError(f"w has depth {w.shape[1]}, {groups} groups have {x.shape[1]} input channels")
    if b is not None and tuple(b.shape) != (w.shape[0],):
        raise ValueError(f"b needs shape ({w.shape[0]},), got {b.shape}")


def output_size(size: int, k: int, s: int, d: int) -> int:
    """Number of positions of a dilated kernel along an axis that is padded already."""
    extent = d * (k - 1) + 1
    if extent > size:
        raise ValueError(f"a kernel that spans {extent} does not fit into a padded input of size {size}")
    return (size - extent) // s + 1


def conv2d(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> torch.Tensor:
    """Cross-correlate x (N, C_in, H, W) with filters w (C_out, C_in/groups, kh, kw).

    Returns (N, C_out, H_out, W_out) in the dtype of x, on its device. Raises ValueError for bad input.
    """
    x, w = torch.as_tensor(x), torch.as_tensor(w)
    check_tensors(x, w, b, groups)
    (sh, sw), (ph, pw) = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    dh, dw = as_pair("dilation", dilation, 1)
    n = len(x)
    c_out, depth, kh, kw = w.shape
    xp = torch.nn.functional.pad(x, (pw, pw, ph, ph))
    h_out = output_size(xp.shape[2], kh, sh, dh)
    w_out = output_size(xp.shape[3], kw, sw, dw)

    filters = w.reshape(groups, c_out // groups, depth, kh, kw)
    y = x.new_zeros(n, groups, c_out // groups, h_out * w_out)
    for a in range(kh):
        rows = slice(a * dh, a * dh + (h_out - 1) * sh + 1, sh)
        for c in range(kw):
            columns = slice(c * dw, c * dw + (w_out - 1) * sw + 1, sw)
            y += filters[..., a, c] @ xp[..., rows, columns].reshape(n, groups, depth, h_out * w_out)
    y = y.reshape(n, c_out, h_out, w_out)
    return y if b is None else y + torch.as_tensor(b).reshape(c_out, 1, 1)
