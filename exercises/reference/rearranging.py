"""Moving values between channels, columns and space, and adding columns back."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from exercises.reference.arithmetic import conv_output_size
from exercises.reference.checking import Pair, pair, rank
from exercises.reference.convolution import padded, windows


def im2col(
    x: np.ndarray, kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> np.ndarray:
    """Every patch under a sliding window as a column, in the order of PyTorch's unfold.

    x (N, C, H, W); gives (N, C*kh*kw, H_out*W_out) with cols[n, (c*kh + a)*kw + b, i*W_out + j] =
    x[n, c, i*s + a*d - p, j*s + b*d - p], zero outside. Raises ValueError for another rank, settings out of
    range, and windows larger than the padded image.
    """
    x = rank("x", x, "N, C, H, W")
    kernel, stride, padding, dilation = _settings(kernel, stride, padding, dilation)
    framed = padded(x, (padding[0],) * 2, (padding[1],) * 2)
    view = windows(framed, kernel, stride, dilation).transpose(0, 1, 4, 5, 2, 3)
    return view.reshape(x.shape[0], x.shape[1] * kernel[0] * kernel[1], -1)


def col2im(
    cols: np.ndarray,
    shape: Sequence[int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> np.ndarray:
    """The adjoint of `im2col`: adds each entry of the columns to the pixel that it would come from.

    cols (N, C*kh*kw, L), shape (N, C, H, W); gives an image of this shape, without what falls on the padding.
    Raises ValueError as `im2col` does, and for columns that do not belong to such an image.
    """
    cols = rank("cols", cols, "N, C*kh*kw, L")
    kernel, stride, padding, dilation = _settings(kernel, stride, padding, dilation)
    n, c, height, width = _image_shape(shape)
    out = [
        conv_output_size(size, k, s, p, d)
        for size, k, s, p, d in zip((height, width), kernel, stride, padding, dilation, strict=True)
    ]
    if cols.shape != (n, c * kernel[0] * kernel[1], out[0] * out[1]):
        raise ValueError(f"columns of shape {cols.shape} do not belong to an image of shape {tuple(shape)}")
    patches = cols.reshape(n, c, *kernel, *out)
    sheet = scattered(patches, (height + 2 * padding[0], width + 2 * padding[1]), stride, dilation)
    return sheet[:, :, padding[0] : padding[0] + height, padding[1] : padding[1] + width]


def scattered(
    patches: np.ndarray, size: tuple[int, int], stride: tuple[int, int], dilation: tuple[int, int]
) -> np.ndarray:
    """Add `patches` (N, C, kh, kw, H_out, W_out) into a sheet of zeros (N, C, *size) without padding.

    One addition of a strided slice a tap; the taps of one window never meet, those of several add up.
    """
    kh, kw, rows, columns = patches.shape[2:]
    sheet = np.zeros((*patches.shape[:2], *size), dtype=patches.dtype)
    for a in range(kh):
        down = slice(a * dilation[0], a * dilation[0] + (rows - 1) * stride[0] + 1, stride[0])
        for b in range(kw):
            left = b * dilation[1]
            across = slice(left, left + (columns - 1) * stride[1] + 1, stride[1])
            sheet[:, :, down, across] += patches[:, :, a, b]
    return sheet


def pixel_shuffle(x: np.ndarray, r: int) -> np.ndarray:
    """Move channels into space (Shi et al., "Real-time single image and video super-resolution", 2016).

    x (N, C*r*r, H, W) of any dtype; gives (N, C, H*r, W*r) with y[n, c, h*r + i, w*r + j] =
    x[n, c*r*r + i*r + j, h, w]. Raises ValueError where the channels are not divisible by r*r, for r below
    1 and for another rank.
    """
    x, r = rank("x", x, "N, C*r*r, H, W"), pair("r", r, 1)[0]
    n, channels, height, width = x.shape
    if channels % (r * r):
        raise ValueError(f"{channels} channels are not divisible by {r}*{r}")
    blocks = x.reshape(n, channels // (r * r), r, r, height, width)
    return blocks.transpose(0, 1, 4, 2, 5, 3).reshape(n, -1, height * r, width * r)


def pixel_unshuffle(x: np.ndarray, r: int) -> np.ndarray:
    """The inverse of `pixel_shuffle`: x (N, C, H*r, W*r) gives (N, C*r*r, H, W).

    Raises ValueError where height or width are not divisible by r, for r below 1 and for another rank.
    """
    x, r = rank("x", x, "N, C, H*r, W*r"), pair("r", r, 1)[0]
    n, channels, height, width = x.shape
    if height % r or width % r:
        raise ValueError(f"an image of {height} by {width} is not divisible by {r}")
    blocks = x.reshape(n, channels, height // r, r, width // r, r)
    return blocks.transpose(0, 1, 3, 5, 2, 4).reshape(n, channels * r * r, height // r, width // r)


def _settings(kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> list[tuple[int, int]]:
    named = (("kernel", kernel, 1), ("stride", stride, 1), ("padding", padding, 0), ("dilation", dilation, 1))
    return [pair(name, value, least) for name, value, least in named]


def _image_shape(shape: Any) -> tuple[int, int, int, int]:
    if not isinstance(shape, Sequence) or len(shape) != 4:
        raise ValueError(f"shape must be (N, C, H, W), not {shape!r:.60}")
    n, c, height, width = (int(size) for size in shape)
    return n, c, height, width
