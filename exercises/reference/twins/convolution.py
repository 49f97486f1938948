"""PyTorch twins of convolution layers."""

import torch
from torch.nn import functional

from exercises.reference.checking import Pair
from exercises.reference.twins.asking import asked


def conv2d(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> torch.Tensor:
    """See `exercises.reference.conv2d`. Raises ValueError where PyTorch refuses."""
    return asked(functional.conv2d, x, w, b, stride, padding, dilation, groups)


def conv2d_single(
    x: torch.Tensor, f: torch.Tensor, bias: float = 0.0, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """See `exercises.reference.conv2d_single`."""
    image, weights = x.permute(2, 0, 1)[None], f.permute(2, 0, 1)[None]
    return conv2d(image, weights, None, stride, padding)[0, 0] + bias


def correlate2d(x: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """See `exercises.reference.correlate2d`."""
    return conv2d(x[None, None], k[None, None])[0, 0]


def convolve2d(x: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    """See `exercises.reference.convolve2d`; a transposed convolution, cut down to the valid positions."""
    margins = (k.shape[0] - 1, k.shape[1] - 1)
    return asked(functional.conv_transpose2d, x[None, None], k[None, None], None, 1, margins)[0, 0]
