"""PyTorch: reshape to six axes, permute, reshape."""

import numpy as np
import torch
from torch import Tensor


def as_tensor(x: np.ndarray | Tensor) -> Tensor:
    """Tensors as they are; arrays as tensors of a copy, since tensors take no negative strides."""
    return x if isinstance(x, Tensor) else torch.from_numpy(x.copy())


def pixel_shuffle(x: np.ndarray | Tensor, r: int) -> Tensor:
    """Move the channels of x (N, C*r*r, H, W) into space."""
    if x.ndim != 4 or r < 1 or x.shape[1] % (r * r):
        raise ValueError(f"no pixel shuffle by {r} of the shape {tuple(x.shape)}")
    N, channels, H, W = x.shape
    C = channels // (r * r)
    blocks = as_tensor(x).reshape(N, C, r, r, H, W)  # n c i j h w
    return blocks.permute(0, 1, 4, 2, 5, 3).reshape(N, C, H * r, W * r)


def pixel_unshuffle(x: np.ndarray | Tensor, r: int) -> Tensor:
    """Move the pixels of x (N, C, H*r, W*r) into channels."""
    if x.ndim != 4 or r < 1 or x.shape[2] % r or x.shape[3] % r:
        raise ValueError(f"no pixel unshuffle by {r} of the shape {tuple(x.shape)}")
    N, C, height, width = x.shape
    H, W = height // r, width // r
    blocks = as_tensor(x).reshape(N, C, H, r, W, r)  # n c h i w j
    return blocks.permute(0, 1, 3, 5, 2, 4).reshape(N, C * r * r, H, W)
