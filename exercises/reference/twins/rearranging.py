"""PyTorch twins of moving values between channels, columns and space."""

from collections.abc import Sequence

import torch
from torch.nn import functional

from exercises.reference.checking import Pair
from exercises.reference.twins.asking import asked


def im2col(
    x: torch.Tensor, kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> torch.Tensor:
    """See `exercises.reference.im2col`."""
    return asked(functional.unfold, x, kernel, dilation, padding, stride)


def col2im(
    cols: torch.Tensor,
    shape: Sequence[int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> torch.Tensor:
    """See `exercises.reference.col2im`. The number of images and channels follows from the columns."""
    return asked(functional.fold, cols, tuple(shape[2:]), kernel, dilation, padding, stride)


def pixel_shuffle(x: torch.Tensor, r: int) -> torch.Tensor:
    """See `exercises.reference.pixel_shuffle`."""
    return asked(functional.pixel_shuffle, x, r)


def pixel_unshuffle(x: torch.Tensor, r: int) -> torch.Tensor:
    """See `exercises.reference.pixel_unshuffle`."""
    return asked(functional.pixel_unshuffle, x, r)
