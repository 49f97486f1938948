import torch


def check(x: torch.Tensor, w: torch.Tensor, stride: int, padding: int, output_padding: int) -> None:
    if x.ndim != 4 or w.ndim != 4:
        raise ValueError(f"x and w need four axes, got shapes {tuple(x.shape)} and {tuple(w.shape)}")
    if w.shape[0] != x.shape[1]:
        raise ValueError(f"w is for {w.shape[0]} input channels, x has {x.shape[1]}")
    if padding < 0:
        raise ValueError(f"padding must be at least 0, got {padding}")
    if not 0 <= output_padding < stride:  # which no stride below 1 satisfies
        raise ValueError(f"output_padding must be from 0 to stride - 1, got {output_padding} and {stride}")


def conv_transpose2d(
    x: torch.Tensor, w: torch.Tensor, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> torch.Tensor:
    """Spread x (N, C_in, H, W) through kernels w (C_in, C_out, kh, kw).

    Returns (N, C_out, H_out, W_out) in the dtype of x, H_out = (H - 1)*stride - 2*padding + kh +
    output_padding. Raises ValueError for bad input.
    """
    x, w = torch.as_tensor(x), torch.as_tensor(w)
    check(x, w, stride, padding, output_padding)
    n, c_in, height, width = x.shape
    c_out, kh, kw = w.shape[1:]
    rows = (height - 1) * stride + kh + output_padding  # of the sheet, before anything is cut off
    columns = (width - 1) * stride + kw + output_padding
    if min(rows, columns) <= 2 * padding:
        raise ValueError(f"padding {padding} leaves nothing of {rows} by {columns}")

    # All products at once: for each input position a scaled kernel, summed over the input channels.
    copies = w.reshape(c_in, -1).T @ x.reshape(n, c_in, -1)
    copies = copies.reshape(n, c_out, kh, kw, height, width)
    sheet = x.new_zeros((n, c_out, rows, columns))
    for a in range(kh):
        down = slice(a, a + (height - 1) * stride + 1, stride)
        for b in range(kw):
            sheet[:, :, down, b : b + (width - 1) * stride + 1 : stride] += copies[:, :, a, b]
    return sheet[:, :, padding : rows - padding, padding : columns - padding]
