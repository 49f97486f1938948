"""PyTorch: im2col by unfold, matrix products, col2im by fold."""

import numpy as np
import torch
import torch.nn.functional as F


def conv2d_backward(
    dout: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Gradients dx, dw, db of a conv layer from that of its output, dout (N, C_out, H_out, W_out)."""
    # a copy, since tensors cannot have the negative strides of a flipped NumPy array
    dout, x, w = (
        array if torch.is_tensor(array) else torch.as_tensor(array.copy()) for array in (dout, x, w)
    )
    if not dout.ndim == x.ndim == w.ndim == 4:
        raise ValueError("dout, x and w must have four axes")
    if w.shape[1] != x.shape[1]:
        raise ValueError(f"w is for {w.shape[1]} channels, x has {x.shape[1]}")
    if stride < 1 or dilation < 1 or padding < 0:
        raise ValueError("stride and dilation must be at least 1, padding at least 0")
    out_size = []
    for size, k in zip(x.shape[2:], w.shape[2:]):
        room = size + 2 * padding - dilation * (k - 1) - 1
        if room < 0:
            raise ValueError("the effective kernel is larger than the padded input")
        out_size.append(room // stride + 1)
    if dout.shape != (len(x), len(w), *out_size):
        raise ValueError(f"dout must have shape {(len(x), len(w), *out_size)}, got {tuple(dout.shape)}")

    geometry = {"kernel_size": w.shape[2:], "dilation": dilation, "padding": padding, "stride": stride}
    dy = dout.flatten(2)  # (N, C_out, positions)
    columns = F.unfold(x, **geometry)  # (N, C_in * kh * kw, positions)
    dw = torch.einsum("nop,nkp->ok", dy, columns).reshape(w.shape)
    dx = F.fold(w.flatten(1).T @ dy, x.shape[2:], **geometry)
    return dx, dw, dout.sum(dim=(0, 2, 3))
