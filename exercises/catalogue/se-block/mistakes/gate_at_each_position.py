"""You left out the squeeze.

The two layers run at every position on its own, so a channel has as many gates as pixels and no position
knows of the others. Average over height and width first.
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
        s = torch.sigmoid(self.expand(torch.relu(self.reduce(z))))
        return x * s.permute(0, 3, 1, 2)
