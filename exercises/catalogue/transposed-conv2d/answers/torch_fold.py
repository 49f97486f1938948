"""PyTorch: all scaled copies of the kernel by einsum, then fold adds them up."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import fold


def as_tensor(x: np.ndarray | Tensor) -> Tensor:
    """Tensors as they are; arrays as tensors of a copy, since tensors take no negative strides."""
    return x if isinstance(x, Tensor) else torch.from_numpy(x.copy())


def conv_transpose2d(
    x: np.ndarray | Tensor, w: np.ndarray | Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> Tensor:
    """Spread x (N, C_in, H, W) through kernels w (C_in, C_out, kh, kw)."""
    if x.ndim != 4 or w.ndim != 4 or w.shape[0] != x.shape[1]:
        raise ValueError("x (N, C_in, H, W) and w (C_in, C_out, kh, kw) are needed")
    if stride < 1 or padding < 0 or not 0 <= output_padding < stride:
        raise ValueError("stride >= 1, padding >= 0 and 0 <= output_padding < stride are needed")
    kernel = (w.shape[2], w.shape[3])
    size = [
        (n - 1) * stride - 2 * padding + k + output_padding for n, k in zip(x.shape[2:], kernel, strict=True)
    ]
    if min(size) < 1:
        raise ValueError("the padding cuts everything off")

    copies = torch.einsum("nmij,moab->noabij", as_tensor(x), as_tensor(w))
    cols = copies.flatten(4).flatten(1, 3)  # (N, C_out*kh*kw, H*W), the layout of fold
    return fold(cols, size, kernel, padding=padding, stride=stride)
