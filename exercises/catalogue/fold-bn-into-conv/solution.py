import torch
from torch import nn


def fold_bn(conv: nn.Conv2d, bn: nn.BatchNorm2d) -> nn.Conv2d:
    """One convolution that does what conv followed by bn in evaluation mode does; both stay as they are.

    Raises ValueError if bn has no running statistics or another number of channels than conv's output.
    """
    if bn.running_mean is None:
        raise ValueError("bn has no running statistics")
    if bn.num_features != conv.out_channels:
        raise ValueError(f"conv has {conv.out_channels} output channels, bn {bn.num_features}")
    folded = nn.Conv2d(
        conv.in_channels,
        conv.out_channels,
        conv.kernel_size,
        stride=conv.stride,
        padding=conv.padding,
        dilation=conv.dilation,
        groups=conv.groups,
        padding_mode=conv.padding_mode,
        device=conv.weight.device,
        dtype=conv.weight.dtype,
    )
    with torch.no_grad():
        scale = (bn.running_var + bn.eps).rsqrt()
        shift = -bn.running_mean if conv.bias is None else conv.bias - bn.running_mean
        if bn.affine:
            scale = scale * bn.weight
        folded.weight.copy_(conv.weight * scale[:, None, None, None])
        folded.bias.copy_(shift * scale + bn.bias if bn.affine else shift * scale)
    return folded
