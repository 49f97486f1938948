"""You did not check the input.

Other numbers of channels fail inside the first layer with a RuntimeError about matrix shapes. Compare
the axes and `x.shape[1]` first and raise `ValueError`.
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
        z = x.mean(dim=(2, 3))
        s = torch.sigmoid(self.expand(torch.relu(self.reduce(z))))
        return x * s[:, :, None, None]
