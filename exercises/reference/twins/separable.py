"""PyTorch twins of separable convolution."""

import torch

from exercises.reference.checking import Pair
from exercises.reference.twins.convolution import conv2d


def depthwise_separable_conv2d(
    x: torch.Tensor, w_depth: torch.Tensor, w_point: torch.Tensor, stride: Pair = 1, padding: Pair = 0
) -> torch.Tensor:
    """See `exercises.reference.depthwise_separable_conv2d`."""
    return conv2d(conv2d(x, w_depth, None, stride, padding, groups=x.shape[1]), w_point)
