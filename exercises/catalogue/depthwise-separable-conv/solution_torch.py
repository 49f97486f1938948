from math import gcd

import torch
from torch.nn import functional


def check(
    x: torch.Tensor, w_depth: torch.Tensor, w_point: torch.Tensor, stride: int, padding: int
) -> tuple[int, int]:
    """Height and width of the output. Raises ValueError for arrays and settings that do not fit."""
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {tuple(x.shape)}")
    channels, k = x.shape[1], w_depth.shape[-1]
    if w_depth.shape != (channels, 1, k, k):
        raise ValueError(f"w_depth needs shape ({channels}, 1, k, k), got {tuple(w_depth.shape)}")
    if w_point.shape[1:] != (channels, 1, 1):
        raise ValueError(f"w_point needs shape (C_out, {channels}, 1, 1), got {tuple(w_point.shape)}")
    if stride < 1 or padding < 0:
        raise ValueError(f"stride must be at least 1 and padding at least 0, got {stride} and {padding}")
    rooms = [size + 2 * padding - k for size in x.shape[2:]]
    if min(rooms) < 0:
        raise ValueError(f"a kernel of {k} does not fit into {tuple(x.shape[2:])} with padding {padding}")
    return rooms[0] // stride + 1, rooms[1] // stride + 1


def ds_conv(
    x: torch.Tensor, w_depth: torch.Tensor, w_point: torch.Tensor, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """Filter each channel of x (N, C, H, W) by w_depth (C, 1, k, k), then mix by w_point (C_out, C, 1, 1).

    Returns (N, C_out, H_out, W_out) in the dtype of x. Raises ValueError for bad input.
    """
    x, w_depth, w_point = (torch.as_tensor(array) for array in (x, w_depth, w_point))
    h_out, w_out = check(x, w_depth, w_point, stride, padding)
    n, c, c_out, k = *x.shape[:2], w_point.shape[0], w_depth.shape[-1]
    weights = w_depth.reshape(c, k, k, 1, 1)  # one for each channel and tap, for all pixels
    framed = functional.pad(x, (padding, padding, padding, padding))
    filtered = x.new_zeros((n, c, h_out, w_out))
    for a in range(k):
        rows = slice(a, a + (h_out - 1) * stride + 1, stride)
        for b in range(k):
            columns = slice(b, b + (w_out - 1) * stride + 1, stride)
            filtered += weights[:, a, b] * framed[:, :, rows, columns]
    mixed = w_point.reshape(c_out, c) @ filtered.reshape(n, c, h_out * w_out)
    return mixed.reshape(n, c_out, h_out, w_out)


def cost(C: int, C_out: int, k: int, H_out: int, W_out: int) -> dict[str, int | tuple[int, int]]:
    """Weights and multiply-accumulates of the separable and of the dense convolution, and their ratio.

    Returns "weights", "macs", "dense_weights", "dense_macs" and "ratio", a fraction in lowest terms as
    (numerator, denominator). Raises ValueError if an argument is below 1.
    """
    if min(C, C_out, k, H_out, W_out) < 1:
        raise ValueError(f"all numbers must be at least 1, got {(C, C_out, k, H_out, W_out)}")
    weights, dense = C * k * k + C * C_out, C * C_out * k * k
    common = gcd(weights, dense)
    return {
        "weights": weights,
        "macs": weights * H_out * W_out,
        "dense_weights": dense,
        "dense_macs": dense * H_out * W_out,
        "ratio": (weights // common, dense // common),
    }
