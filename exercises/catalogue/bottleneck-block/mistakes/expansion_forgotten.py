"""You forgot to widen again.

The last convolution leads from `width` back to `c_out` channels; with `width` channels the branch cannot
be added to the shortcut.
"""

import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, c_in, width, c_out, stride=1):
        super().__init__()
        if c_in < 1 or width < 1 or c_out < 1 or stride < 1:
            raise ValueError("widths and stride must be at least 1")
        self.conv1 = nn.Conv2d(c_in, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        if stride != 1 or c_in != c_out:
            self.projection = nn.Sequential(
                nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out)
            )
        else:
            self.projection = nn.Identity()

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return torch.relu(y + self.projection(x))
