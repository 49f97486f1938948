"""PyTorch twins of the blocks, out of PyTorch's own functional layers."""

from collections.abc import Mapping

import torch
from torch.nn import functional

Weights = Mapping[str, torch.Tensor]


def se_block(x: torch.Tensor, weights: Weights) -> torch.Tensor:
    """See `exercises.reference.se_block`."""
    squeezed = functional.adaptive_avg_pool2d(x, 1).flatten(1)
    hidden = functional.linear(squeezed, weights["reduce.weight"], weights["reduce.bias"]).relu()
    logits = functional.linear(hidden, weights["expand.weight"], weights["expand.bias"])
    return x * logits.sigmoid()[:, :, None, None]


def basic_block(x: torch.Tensor, weights: Weights, stride: int = 1, training: bool = False) -> torch.Tensor:
    """See `exercises.reference.basic_block`."""
    y = _conv_norm(x, weights, "conv1", "bn1", stride, training).relu()
    y = _conv_norm(y, weights, "conv2", "bn2", 1, training)
    return (y + _shortcut(x, weights, stride, training)).relu()


def bottleneck(x: torch.Tensor, weights: Weights, stride: int = 1, training: bool = False) -> torch.Tensor:
    """See `exercises.reference.bottleneck`."""
    y = _conv_norm(x, weights, "conv1", "bn1", 1, training).relu()
    y = _conv_norm(y, weights, "conv2", "bn2", stride, training).relu()
    y = _conv_norm(y, weights, "conv3", "bn3", 1, training)
    return (y + _shortcut(x, weights, stride, training)).relu()


def inception(x: torch.Tensor, weights: Weights) -> torch.Tensor:
    """See `exercises.reference.inception`."""

    def conv(values: torch.Tensor, name: str) -> torch.Tensor:
        w, b = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return functional.conv2d(values, w, b, padding="same").relu()

    pooled = functional.max_pool2d(x, 3, stride=1, padding=1)
    branches = (
        conv(x, "conv1"),
        conv(conv(x, "reduce3"), "conv3"),
        conv(conv(x, "reduce5"), "conv5"),
        conv(pooled, "project"),
    )
    return torch.cat(branches, dim=1)


def _conv_norm(
    x: torch.Tensor, weights: Weights, conv: str, norm: str, stride: int, training: bool
) -> torch.Tensor:
    """A convolution with padding k // 2 and its batch norm; leaves the running values alone."""
    w = weights[f"{conv}.weight"]
    y = functional.conv2d(x, w, stride=stride, padding=w.shape[2] // 2)
    mean, var = weights[f"{norm}.running_mean"].clone(), weights[f"{norm}.running_var"].clone()
    return functional.batch_norm(y, mean, var, weights[f"{norm}.weight"], weights[f"{norm}.bias"], training)


def _shortcut(x: torch.Tensor, weights: Weights, stride: int, training: bool) -> torch.Tensor:
    if "projection.0.weight" not in weights:
        return x
    return _conv_norm(x, weights, "projection.0", "projection.1", stride, training)
