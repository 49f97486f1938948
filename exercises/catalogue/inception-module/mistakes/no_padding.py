"""You forgot the padding of the larger kernels.

Their maps come out smaller than those of the 1x1 branch, and cannot be concatenated. Padding 1 keeps the
size under a 3x3 kernel or pool, padding 2 under a 5x5 kernel.
"""

import torch
from torch import nn


class Inception(nn.Module):
    def __init__(self, c_in, c1, c3, c5, cp):
        super().__init__()
        if min(c_in, c1, cp, *c3, *c5) < 1:
            raise ValueError("widths must be at least 1")
        self.c_in = c_in
        self.conv1 = nn.Conv2d(c_in, c1, 1)
        self.reduce3 = nn.Conv2d(c_in, c3[0], 1)
        self.conv3 = nn.Conv2d(c3[0], c3[1], 3)
        self.reduce5 = nn.Conv2d(c_in, c5[0], 1)
        self.conv5 = nn.Conv2d(c5[0], c5[1], 5)
        self.project = nn.Conv2d(c_in, cp, 1)

    def forward(self, x):
        if x.ndim != 4 or x.shape[1] != self.c_in:
            raise ValueError("x must be (N, c_in, H, W)")
        first = torch.relu(self.conv1(x))
        second = torch.relu(self.conv3(torch.relu(self.reduce3(x))))
        third = torch.relu(self.conv5(torch.relu(self.reduce5(x))))
        pooled = nn.functional.max_pool2d(x, 3, stride=1, padding=1)
        fourth = torch.relu(self.project(pooled))
        return torch.cat([first, second, third, fourth], dim=1)
