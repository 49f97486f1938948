"""Matrix products: both layers are affine maps, written as matrices with a last column for the constant."""

import torch
from torch import Tensor, nn

SETTINGS = ("kernel_size", "stride", "padding", "dilation", "groups", "padding_mode")


def convolution_matrix(conv: nn.Conv2d) -> Tensor:
    """(C_out + 1, patch + 1): maps a patch and a 1 to the output channels and a 1."""
    filters = conv.weight.detach().double().flatten(1)
    matrix = filters.new_zeros(filters.shape[0] + 1, filters.shape[1] + 1)
    matrix[:-1, :-1] = filters
    if conv.bias is not None:
        matrix[:-1, -1] = conv.bias.detach()
    matrix[-1, -1] = 1.0
    return matrix


def batch_norm_matrix(bn: nn.BatchNorm2d) -> Tensor:
    """(C, C + 1): maps the channels and a 1 to the normalised channels."""
    inv_std = 1.0 / torch.sqrt(bn.running_var.double() + bn.eps)
    gamma = torch.ones_like(inv_std) if bn.weight is None else bn.weight.detach().double()
    beta = torch.zeros_like(inv_std) if bn.bias is None else bn.bias.detach().double()
    shift = beta - gamma * inv_std * bn.running_mean.double()
    return torch.cat([torch.diag(gamma * inv_std), shift[:, None]], dim=1)


def fold_bn(conv: nn.Conv2d, bn: nn.BatchNorm2d) -> nn.Conv2d:
    """The product of the two matrices, taken apart into weights and biases."""
    if bn.running_mean is None:
        raise ValueError("bn has no running statistics")
    if len(bn.running_mean) != len(conv.weight):
        raise ValueError("bn and conv differ in their channels")
    product = batch_norm_matrix(bn) @ convolution_matrix(conv)
    settings = {name: getattr(conv, name) for name in SETTINGS}
    folded = nn.Conv2d(conv.in_channels, conv.out_channels, bias=True, **settings).to(conv.weight)
    weight = product[:, :-1].reshape(conv.weight.shape)
    folded.load_state_dict({"weight": weight, "bias": product[:, -1]})
    return folded
