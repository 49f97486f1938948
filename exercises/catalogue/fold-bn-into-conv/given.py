"""What the cases build and look at, importable as `given`. Nothing of it is needed in an answer."""

from typing import Any

import torch
from torch import Tensor, nn


def conv(weight: Tensor, bias: Tensor | None, **settings: Any) -> nn.Conv2d:
    """A convolution with these weights (C_out, C_in / groups, kh, kw) and settings of nn.Conv2d."""
    c_out, depth, *kernel = weight.shape
    layer = nn.Conv2d(
        depth * settings.get("groups", 1), c_out, tuple(kernel), bias=bias is not None, **settings
    ).to(weight)
    layer.load_state_dict({"weight": weight} | ({} if bias is None else {"bias": bias}))
    return layer


def batch_norm(
    mean: Tensor, var: Tensor, gamma: Tensor | None, beta: Tensor | None, eps: float, training: bool
) -> nn.BatchNorm2d:
    """A batch norm with this state; without gamma and beta it has no parameters (affine=False)."""
    layer = nn.BatchNorm2d(len(mean), eps=eps, affine=gamma is not None).to(mean)
    state = {"running_mean": mean, "running_var": var, "num_batches_tracked": torch.tensor(7)}
    layer.load_state_dict(state | ({} if gamma is None else {"weight": gamma, "bias": beta}))
    return layer.train(training)


def batch_norm_without_statistics(channels: int, training: bool) -> nn.BatchNorm2d:
    """A batch norm that never kept running statistics."""
    return nn.BatchNorm2d(channels, track_running_stats=False).train(training)


def state(module: nn.Module) -> dict[str, Tensor]:
    """Copies of all parameters and buffers."""
    return {name: value.clone() for name, value in module.state_dict().items()}


def double(module: nn.Module) -> None:
    """Multiply all parameters and buffers by two, in place."""
    with torch.no_grad():
        for value in module.state_dict().values():
            value.mul_(2)


def run(layers: list[nn.Module], x: Tensor) -> Tensor:
    """The layers in evaluation mode with a ReLU after each, without gradients."""
    with torch.no_grad():
        for layer in layers:
            x = layer.eval()(x).relu()
    return x
