"""Matrix product in float64: batch norm as a diagonal affine map, applied to the matrix (filters | bias)."""

import torch
from torch import Tensor, nn

SETTINGS = (
    "in_channels",
    "out_channels",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "groups",
    "padding_mode",
)


def fold_bn(conv: nn.Conv2d, bn: nn.BatchNorm2d) -> nn.Conv2d:
    if bn.running_mean is None:
        raise ValueError("bn has no running statistics")
    if len(bn.running_mean) != conv.out_channels:
        raise ValueError("bn does not have as many channels as conv has outputs")

    def double(values: Tensor | None, default: float) -> Tensor:
        if values is None:
            return torch.full_like(bn.running_mean, default, dtype=torch.float64)
        return values.detach().double()

    gamma, beta = double(bn.weight, 1.0), double(bn.bias, 0.0)
    scale = gamma / torch.sqrt(double(bn.running_var, 1.0) + bn.eps)
    offset = beta - scale * double(bn.running_mean, 0.0)

    # A row of the matrix is a filter with its bias, to be multiplied with a patch and a one.
    matrix = torch.column_stack([double(conv.weight, 0.0).flatten(1), double(conv.bias, 0.0)])
    matrix = torch.diag(scale) @ matrix
    matrix[:, -1] += offset

    settings = {name: getattr(conv, name) for name in SETTINGS}
    folded = nn.Conv2d(**settings, bias=True).to(conv.weight)
    folded.load_state_dict({"weight": matrix[:, :-1].reshape(conv.weight.shape), "bias": matrix[:, -1]})
    return folded
