import torch
from torch.nn import functional


def output_size(size: int, k: int, s: int, p: int, d: int) -> int:
    """Number of windows along one axis. Raises ValueError where none fits."""
    room = size + 2 * p - d * (k - 1) - 1
    if room < 0:
        raise ValueError(f"a kernel of {k} with dilation {d} does not fit into {size} with padding {p}")
    return room // s + 1


def conv2d_backward(
    dout: torch.Tensor,
    x: torch.Tensor,
    w: torch.Tensor,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Gradients of a conv layer from that of its output, by im2col: arrays or tensors in, tensors out.

    dout (N, C_out, H_out, W_out), x (N, C_in, H, W) and w (C_out, C_in, kh, kw). Returns dx, dw, db with the
    shapes of x, w and (C_out,). Raises ValueError for bad input.
    """
    dout, x, w = torch.as_tensor(dout), torch.as_tensor(x), torch.as_tensor(w)
    if x.ndim != 4 or w.ndim != 4 or x.shape[1] != w.shape[1]:
        raise ValueError(f"x (N, C_in, H, W) and w (C_out, C_in, kh, kw), got {x.shape} and {w.shape}")
    if stride < 1 or padding < 0 or dilation < 1:
        raise ValueError("stride and dilation must be at least 1, padding at least 0")
    h_out = output_size(x.shape[2], w.shape[2], stride, padding, dilation)
    w_out = output_size(x.shape[3], w.shape[3], stride, padding, dilation)
    if dout.shape != (len(x), len(w), h_out, w_out):
        raise ValueError(f"dout has shape {dout.shape}, the output has {(len(x), len(w), h_out, w_out)}")

    windows = {"kernel_size": w.shape[2:], "stride": stride, "padding": padding, "dilation": dilation}
    columns = functional.unfold(x, **windows)  # (N, C_in*kh*kw, H_out*W_out): y = weights @ columns
    weights = w.reshape(len(w), -1)
    gradient = dout.reshape(len(x), len(w), -1)
    dw = torch.einsum("nop,nkp->ok", gradient, columns).reshape(w.shape)
    dx = functional.fold(weights.T @ gradient, x.shape[2:], **windows)
    return dx, dw, dout.sum(dim=(0, 2, 3))
