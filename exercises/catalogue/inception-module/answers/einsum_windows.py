"""Einsum over sliding windows (Tensor.unfold) for the convolutions, their maximum for the pool."""

import torch
from torch import Tensor, nn
from torch.nn import functional


def windows(x: Tensor, k: int, fill: float = 0.0) -> Tensor:
    """All k x k windows of x (N, C, H, W), padded to keep the size, as a view (N, C, H, W, k, k)."""
    return functional.pad(x, [k // 2] * 4, value=fill).unfold(2, k, 1).unfold(3, k, 1)


def conv_relu(layer: nn.Conv2d, x: Tensor) -> Tensor:
    k = layer.kernel_size[0]
    out = torch.einsum("nchwij,ocij->nohw", windows(x, k), layer.weight)
    return (out + layer.bias[:, None, None]).relu()


class Inception(nn.Module):
    def __init__(self, c_in: int, c1: int, c3: tuple[int, int], c5: tuple[int, int], cp: int) -> None:
        super().__init__()
        if any(width < 1 for width in (c_in, c1, *c3, *c5, cp)):
            raise ValueError("every number of channels must be at least 1")
        self.conv1 = nn.Conv2d(c_in, c1, 1)
        self.reduce3, self.conv3 = nn.Conv2d(c_in, c3[0], 1), nn.Conv2d(*c3, 3)
        self.reduce5, self.conv5 = nn.Conv2d(c_in, c5[0], 1), nn.Conv2d(*c5, 5)
        self.project = nn.Conv2d(c_in, cp, 1)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4 or x.shape[1] != self.conv1.in_channels:
            raise ValueError("x must have four axes and c_in channels")
        pooled = windows(x, 3, fill=-torch.inf).amax(dim=(4, 5))
        branches = (
            conv_relu(self.conv1, x),
            conv_relu(self.conv3, conv_relu(self.reduce3, x)),
            conv_relu(self.conv5, conv_relu(self.reduce5, x)),
            conv_relu(self.project, pooled),
        )
        return torch.cat(branches, dim=1)
