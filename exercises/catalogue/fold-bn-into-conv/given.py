"""What the cases build and look at, importable as `given`. Nothing of it is needed in an answer."""

from typing import Any

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


def layers(
    weight: Tensor,
    bias: Tensor | None,
    mean: Tensor,
    var: Tensor,
    gamma: Tensor | None,
    beta: Tensor | None,
    eps: float = 1e-5,
    training: bool = False,
    **settings: Any,
) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    """A convolution with these weights (C_out, C_in / groups, kh, kw) and settings, and a batch norm.

    Without gamma and beta the batch norm has no parameters (affine=False).
    """
    c_out, depth, *kernel = weight.shape
    c_in = depth * settings.get("groups", 1)
    conv = nn.Conv2d(c_in, c_out, tuple(kernel), bias=bias is not None, **settings).to(weight)
    conv.load_state_dict({"weight": weight} | ({} if bias is None else {"bias": bias}))
    bn = nn.BatchNorm2d(len(mean), eps=eps, affine=gamma is not None).to(mean).train(training)
    stored = {"running_mean": mean, "running_var": var, "num_batches_tracked": torch.tensor(7)}
    bn.load_state_dict(stored | ({} if gamma is None else {"weight": gamma, "bias": beta}))
    return conv, bn


def batch_norm_without_statistics(channels: int, training: bool) -> nn.BatchNorm2d:
    """A batch norm that never kept running statistics."""
    return nn.BatchNorm2d(channels, track_running_stats=False).train(training)


def state(module: nn.Module) -> dict[str, Tensor]:
    """Copies of all parameters and buffers."""
    return {name: value.clone() for name, value in module.state_dict().items()}


def settings(conv: nn.Conv2d) -> dict[str, Any]:
    """All settings of a convolution but its dtype and device."""
    return {name: getattr(conv, name) for name in SETTINGS}


def double(module: nn.Module) -> None:
    """Multiply all parameters and buffers by two, in place."""
    with torch.no_grad():
        for value in module.state_dict().values():
            value.mul_(2)


def run(convs: list[nn.Conv2d], x: Tensor) -> Tensor:
    """The convolutions with a ReLU after each, without gradients."""
    with torch.no_grad():
        for conv in convs:
            x = conv(x).relu()
    return x
