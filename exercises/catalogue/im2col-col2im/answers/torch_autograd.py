"""PyTorch: windows by the method unfold, and col2im as the gradient of im2col."""

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import pad

Pair = int | tuple[int, int]


def as_tensor(x: np.ndarray | Tensor) -> Tensor:
    """Tensors as they are; arrays as tensors of a copy, since tensors take no negative strides."""
    return x if isinstance(x, Tensor) else torch.from_numpy(x.copy())


def pair(value: Pair) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else tuple(value)


def output_size(shape: tuple, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> tuple[int, int]:
    """How often the window fits down and across. Raises ValueError where it does not."""
    if len(shape) != 4:
        raise ValueError("images need four axes")
    sizes = []
    settings = zip(shape[2:], pair(kernel), pair(stride), pair(padding), pair(dilation), strict=True)
    for n, k, s, p, d in settings:
        if k < 1 or s < 1 or d < 1 or p < 0:
            raise ValueError("kernel, stride and dilation are at least 1, padding at least 0")
        room = n + 2 * p - d * (k - 1) - 1
        if room < 0:
            raise ValueError("the window does not fit into the padded image")
        sizes.append(room // s + 1)
    return sizes[0], sizes[1]


def im2col(
    x: np.ndarray | Tensor, kernel: Pair, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Tensor:
    """Copy every patch of x (N, C, H, W) into a column: (N, C*kh*kw, L)."""
    output_size(x.shape, kernel, stride, padding, dilation)
    (kh, kw), (sh, sw), (ph, pw), (dh, dw) = map(pair, (kernel, stride, padding, dilation))
    padded = pad(as_tensor(x), (pw, pw, ph, ph))
    windows = padded.unfold(2, dh * (kh - 1) + 1, sh).unfold(3, dw * (kw - 1) + 1, sw)
    taps = windows[..., ::dh, ::dw]  # (N, C, H_out, W_out, kh, kw)
    return taps.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(1, 3)


def col2im(
    cols: np.ndarray | Tensor,
    shape: tuple[int, int, int, int],
    kernel: Pair,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
) -> Tensor:
    """Add the columns (N, C*kh*kw, L) into an image: im2col is linear, so its gradient is its adjoint."""
    H_out, W_out = output_size(shape, kernel, stride, padding, dilation)
    kh, kw = pair(kernel)
    if tuple(cols.shape) != (shape[0], shape[1] * kh * kw, H_out * W_out):
        raise ValueError(f"im2col of an image {shape} does not give columns {tuple(cols.shape)}")
    cols = as_tensor(cols)
    with torch.enable_grad():
        image = torch.zeros(tuple(shape), dtype=cols.dtype, device=cols.device, requires_grad=True)
        read = im2col(image, kernel, stride, padding, dilation)
        return torch.autograd.grad(read, image, cols)[0]


def conv2d(
    x: np.ndarray | Tensor, w: np.ndarray | Tensor, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1
) -> Tensor:
    """Cross-correlate x (N, C, H, W) with filters w (C_out, C, kh, kw) by one matrix product."""
    if x.ndim != 4 or w.ndim != 4 or w.shape[1] != x.shape[1]:
        raise ValueError("x and w need four axes and the same number of input channels")
    kernel = (w.shape[2], w.shape[3])
    size = output_size(x.shape, kernel, stride, padding, dilation)
    filters = as_tensor(w).flatten(1)  # (C_out, C*kh*kw)
    return (filters @ im2col(x, kernel, stride, padding, dilation)).unflatten(2, size)
