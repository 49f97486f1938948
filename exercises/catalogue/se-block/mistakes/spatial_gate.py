"""You gated positions instead of channels.

The squeeze averages over height and width and leaves one number a channel; the gates are then shared by
all positions. You applied the layers at each position and averaged over the channels.
"""

import torch
from torch import nn


class SEBlock(nn.Module):
    def __init__(self, channels, reduction):
        super().__init__()
        hidden = channels // reduction if channels > 0 and reduction > 0 else 0
        if hidden < 1:
            raise ValueError("no hidden unit is left")
        self.channels = channels
        self.reduce = nn.Linear(channels, hidden)
        self.expand = nn.Linear(hidden, channels)

    def forward(self, x):
        if x.ndim != 4 or x.shape[1] != self.channels:
            raise ValueError("x must be (N, channels, H, W)")
        z = x.permute(0, 2, 3, 1)
        s = torch.sigmoid(self.expand(torch.relu(self.reduce(z))).mean(dim=3))
        return x * s[:, None]
