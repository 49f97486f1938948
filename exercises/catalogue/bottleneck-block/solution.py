import torch
from torch import Tensor, nn


class Bottleneck(nn.Module):
    """Bottleneck block: (N, c_in, H, W) to (N, c_out, ceil(H / stride), ceil(W / stride)).

    1x1, 3x3 (with the stride) and 1x1 convolutions, each with batch norm, plus the shortcut, then ReLU.
    Raises ValueError for an argument below 1.
    """

    def __init__(self, c_in: int, width: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        if min(c_in, width, c_out, stride) < 1:
            raise ValueError(f"widths and stride must be at least 1, got {c_in}, {width}, {c_out}, {stride}")
        self.conv1 = nn.Conv2d(c_in, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, c_out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(c_out)
        self.projection = None
        if stride != 1 or c_in != c_out:
            reshape = nn.Conv2d(c_in, c_out, 1, stride=stride, bias=False)
            self.projection = nn.Sequential(reshape, nn.BatchNorm2d(c_out))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        narrow = torch.relu(self.bn1(self.conv1(x)))
        filtered = torch.relu(self.bn2(self.conv2(narrow)))
        return torch.relu(self.bn3(self.conv3(filtered)) + shortcut)
