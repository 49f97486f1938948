"""PyTorch modules: six convolutions and a max pool."""

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d, relu


class Inception(nn.Module):
    def __init__(self, c_in: int, c1: int, c3: tuple[int, int], c5: tuple[int, int], cp: int) -> None:
        super().__init__()
        if min(c_in, c1, *c3, *c5, cp) < 1:
            raise ValueError("every number of channels must be at least 1")
        self.c_in = c_in
        self.conv1 = nn.Conv2d(c_in, c1, 1)
        self.reduce3 = nn.Conv2d(c_in, c3[0], 1)
        self.conv3 = nn.Conv2d(c3[0], c3[1], 3, padding=1)
        self.reduce5 = nn.Conv2d(c_in, c5[0], 1)
        self.conv5 = nn.Conv2d(c5[0], c5[1], 5, padding=2)
        self.project = nn.Conv2d(c_in, cp, 1)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4 or x.shape[1] != self.c_in:
            raise ValueError(f"x must be (N, {self.c_in}, H, W)")
        branches = [
            self.conv1(x),
            self.conv3(relu(self.reduce3(x))),
            self.conv5(relu(self.reduce5(x))),
            self.project(max_pool2d(x, 3, stride=1, padding=1)),  # pads with minus infinity
        ]
        return relu(torch.cat(branches, dim=1))
