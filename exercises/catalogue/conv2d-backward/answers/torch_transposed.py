"""Torch: dw and dx both as cross-correlations, dx with the flipped kernel over the zero-stuffed gradient."""

import torch
from torch import Tensor
from torch.nn import functional


def windows(image: Tensor, kernel: tuple[int, int], stride: int, dilation: int) -> Tensor:
    """All windows of (N, C, H, W) as a view (N, C, H_out, W_out, kh, kw)."""
    image = image.contiguous()
    sizes = [(n - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(image.shape[2:], kernel, strict=True)]
    per_image, per_channel, per_row, per_col = image.stride()
    steps = (
        per_image,
        per_channel,
        per_row * stride,
        per_col * stride,
        per_row * dilation,
        per_col * dilation,
    )
    return image.as_strided((*image.shape[:2], *sizes, *kernel), steps)


def conv2d_backward(
    dout: Tensor, x: Tensor, w: Tensor, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients dx, dw and db as tensors."""
    dout, x, w = (torch.as_tensor(array) for array in (dout, x, w))
    if dout.ndim != 4 or x.ndim != 4 or w.ndim != 4:
        raise ValueError("dout, x and w need four axes")
    if w.shape[1] != x.shape[1]:
        raise ValueError("w does not fit the channels of x")
    if stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("stride and dilation must be at least 1, padding at least 0")
    kernel = tuple(w.shape[2:])
    reach_h, reach_w = (dilation * (k - 1) for k in kernel)
    height, width = (size + 2 * padding for size in x.shape[2:])
    if reach_h >= height or reach_w >= width:
        raise ValueError("the kernel is larger than the padded input")
    h_out, w_out = (height - reach_h - 1) // stride + 1, (width - reach_w - 1) // stride + 1
    if tuple(dout.shape) != (x.shape[0], w.shape[0], h_out, w_out):
        raise ValueError("dout does not have the shape of the layer's output")

    x_pad = functional.pad(x, (padding,) * 4)
    dw = torch.einsum("noij,nmijac->omac", dout, windows(x_pad, kernel, stride, dilation))

    # One gradient at each place where a window began, zeros between them and around.
    stuffed = dout.new_zeros(*dout.shape[:2], height + reach_h, width + reach_w)
    inner = stuffed[:, :, reach_h:, reach_w:]
    inner[:, :, : h_out * stride : stride, : w_out * stride : stride] = dout
    dx_pad = torch.einsum("noijac,omac->nmij", windows(stuffed, kernel, 1, dilation), w.flip(2, 3))
    dx = dx_pad[:, :, padding : height - padding, padding : width - padding]
    return dx, dw, dout.sum((0, 2, 3))
