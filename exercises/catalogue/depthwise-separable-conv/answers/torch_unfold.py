"""PyTorch: windows by the method unfold, and an einsum for each of the two steps."""

from fractions import Fraction

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad


def as_tensor(x: np.ndarray | Tensor) -> Tensor:
    """Tensors as they are; arrays as tensors of a copy, since tensors take no negative strides."""
    return x if isinstance(x, Tensor) else torch.from_numpy(x.copy())


def ds_conv(
    x: np.ndarray | Tensor,
    w_depth: np.ndarray | Tensor,
    w_point: np.ndarray | Tensor,
    stride: int = 1,
    padding: int = 0,
) -> Tensor:
    """Filter each channel of x (N, C, H, W) by w_depth (C, 1, k, k), then mix by w_point (C_out, C, 1, 1)."""
    if any(array.ndim != 4 for array in (x, w_depth, w_point)):
        raise ValueError("all three arrays need four axes")
    C, k = x.shape[1], w_depth.shape[2]
    if tuple(w_depth.shape) != (C, 1, k, k):
        raise ValueError(f"w_depth has to have the shape {(C, 1, k, k)}")
    if tuple(w_point.shape[1:]) != (C, 1, 1):
        raise ValueError(f"w_point has to have the shape (C_out, {C}, 1, 1)")
    if stride < 1 or padding < 0:
        raise ValueError("stride has to be at least 1, and padding at least 0")
    if k > min(x.shape[2:]) + 2 * padding:
        raise ValueError("the kernel does not fit into the padded input")

    x, w_depth, w_point = map(as_tensor, (x, w_depth, w_point))
    windows = pad(x, [padding] * 4).unfold(2, k, stride).unfold(3, k, stride)  # (N, C, H_out, W_out, k, k)
    depthwise = torch.einsum("nchwab,cab->nchw", windows, w_depth[:, 0])
    return torch.einsum("nchw,oc->nohw", depthwise, w_point[:, :, 0, 0])


def cost(C: int, C_out: int, k: int, H_out: int, W_out: int) -> dict[str, int | tuple[int, int]]:
    """Weights and multiply-accumulates of the separable and of the dense convolution, and their ratio."""
    if min(C, C_out, k, H_out, W_out) < 1:
        raise ValueError("every argument has to be at least 1")
    separable, dense = C * k**2 + C * C_out, C * C_out * k**2
    positions = H_out * W_out  # every weight is used once at each of them
    return {
        "weights": separable,
        "macs": separable * positions,
        "dense_weights": dense,
        "dense_macs": dense * positions,
        "ratio": Fraction(separable, dense).as_integer_ratio(),
    }
