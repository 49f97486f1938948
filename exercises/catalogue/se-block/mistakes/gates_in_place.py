"""You multiplied the input in place.

`x *= s` changes the tensor of the caller, and breaks training where another branch or the backward pass
still needs its values. Return a new tensor.
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
        s = torch.sigmoid(self.expand(torch.relu(self.reduce(z))))
        x *= s[:, :, None, None]
        return x
