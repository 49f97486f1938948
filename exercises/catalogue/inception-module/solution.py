import torch
from torch import Tensor, nn


class Inception(nn.Module):
    """Inception module: (N, c_in, H, W) to (N, c1 + c3[1] + c5[1] + cp, H, W).

    Branches in this order: 1x1; 1x1 and 3x3; 1x1 and 5x5; max pool and 1x1. Raises ValueError for widths
    below 1, and in forward for an input without four axes or with another number of channels.
    """

    def __init__(self, c_in: int, c1: int, c3: tuple[int, int], c5: tuple[int, int], cp: int) -> None:
        super().__init__()
        if min(c_in, c1, *c3, *c5, cp) < 1:
            raise ValueError(f"widths must be at least 1, got {(c_in, c1, c3, c5, cp)}")
        self.c_in = c_in
        self.conv1 = nn.Conv2d(c_in, c1, 1)
        self.reduce3 = nn.Conv2d(c_in, c3[0], 1)
        self.conv3 = nn.Conv2d(c3[0], c3[1], 3, padding=1)
        self.reduce5 = nn.Conv2d(c_in, c5[0], 1)
        self.conv5 = nn.Conv2d(c5[0], c5[1], 5, padding=2)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1)
        self.project = nn.Conv2d(c_in, cp, 1)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4 or x.shape[1] != self.c_in:
            raise ValueError(f"x must be (N, {self.c_in}, H, W), got {tuple(x.shape)}")
        branches = [
            self.conv1(x),
            self.conv3(torch.relu(self.reduce3(x))),
            self.conv5(torch.relu(self.reduce5(x))),
            self.project(self.pool(x)),
        ]
        return torch.relu(torch.cat(branches, dim=1))
