"""You left out the ReLU between the two layers.

Two linear layers in a row are one linear layer of low rank: the gates cannot depend on combinations of
channels.
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
        z = x.mean(dim=(2, 3))
        s = torch.sigmoid(self.expand(self.reduce(z)))
        return x * s[:, :, None, None]
