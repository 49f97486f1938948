"""Broadcasting: each filter is multiplied by its channel's scale, in float64."""

import torch
from torch import nn


def fold_bn(conv: nn.Conv2d, bn: nn.BatchNorm2d) -> nn.Conv2d:
    """BN(v) = scale v + (beta - scale mean), so scale goes into the weights and the rest into the bias."""
    if bn.running_mean is None or bn.running_var is None:
        raise ValueError("without running statistics there is nothing to fold")
    if bn.num_features != conv.out_channels:
        raise ValueError("bn does not fit the convolution's output channels")
    folded = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        dilation=conv.dilation,
        groups=conv.groups,
        bias=True,
        padding_mode=conv.padding_mode,
        device=conv.weight.device,
        dtype=conv.weight.dtype,
    )
    with torch.no_grad():
        scale = (bn.running_var.double() + bn.eps).rsqrt()
        if bn.weight is not None:
            scale = scale * bn.weight
        centre = -bn.running_mean.double()
        if conv.bias is not None:
            centre = centre + conv.bias
        bias = scale * centre
        if bn.bias is not None:
            bias = bias + bn.bias
        folded.weight.copy_(conv.weight * scale[:, None, None, None])
        folded.bias.copy_(bias)
    return folded
