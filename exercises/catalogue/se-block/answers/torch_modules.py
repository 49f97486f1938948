"""PyTorch modules: two linear layers on the channel means."""

import torch
from torch import Tensor, nn


class SEBlock(nn.Module):
    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        if channels < 1 or reduction < 1 or channels // reduction == 0:
            raise ValueError("channels and reduction must be at least 1, and so must channels // reduction")
        self.channels = channels
        self.reduce = nn.Linear(channels, channels // reduction)
        self.expand = nn.Linear(channels // reduction, channels)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4 or x.shape[1] != self.channels:
            raise ValueError(f"x must be (N, {self.channels}, H, W)")
        squeezed = x.mean(dim=(2, 3))  # (N, channels)
        gates = torch.sigmoid(self.expand(torch.relu(self.reduce(squeezed))))
        return x * gates[:, :, None, None]
