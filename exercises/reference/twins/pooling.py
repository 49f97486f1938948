"""PyTorch twins of pooling."""

import torch
from torch.nn import functional

from exercises.reference.checking import Pair
from exercises.reference.twins.asking import asked


def max_pool2d(
    x: torch.Tensor, kernel: Pair, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> torch.Tensor:
    """See `exercises.reference.max_pool2d`."""
    return asked(functional.max_pool2d, x, kernel, stride, padding, 1, ceil_mode)


def avg_pool2d(
    x: torch.Tensor,
    kernel: Pair,
    stride: Pair | None = None,
    padding: Pair = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> torch.Tensor:
    """See `exercises.reference.avg_pool2d`."""
    return asked(functional.avg_pool2d, x, kernel, stride, padding, ceil_mode, count_include_pad)
