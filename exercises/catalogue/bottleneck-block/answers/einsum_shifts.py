"""Einsum over shifted slices for the convolutions, batch norm written out."""

import torch
from torch import Tensor, einsum, nn
from torch.nn.functional import pad


class ShiftConv(nn.Module):
    """A k x k convolution without bias: one product over channels for each of the k x k shifts."""

    def __init__(self, c_in: int, c_out: int, k: int, stride: int = 1) -> None:
        super().__init__()
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(c_out, c_in, k, k))
        nn.init.kaiming_normal_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        s, k = self.stride, self.weight.shape[-1]
        h, w = x.shape[2:]
        padded = pad(x, [k // 2] * 4)
        return sum(
            einsum("oc,nchw->nohw", self.weight[:, :, i, j], padded[:, :, i : i + h : s, j : j + w : s])
            for i in range(k)
            for j in range(k)
        )


class Norm(nn.Module):
    """Batch norm with eps 1e-5 and momentum 0.1."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            count = x.numel() // x.shape[1]
            if count == 1:
                raise ValueError("training needs more than one value per channel")
            mean = x.mean(dim=(0, 2, 3))
            var = x.var(dim=(0, 2, 3), unbiased=False)
            with torch.no_grad():
                self.running_mean.lerp_(mean, 0.1)
                self.running_var.lerp_(var * count / (count - 1), 0.1)
        scale = self.weight / torch.sqrt(var + 1e-5)
        mean, scale, bias = (value[:, None, None] for value in (mean, scale, self.bias))
        return (x - mean) * scale + bias


class Bottleneck(nn.Module):
    def __init__(self, c_in: int, width: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        if any(value < 1 for value in (c_in, width, c_out, stride)):
            raise ValueError("c_in, width, c_out and stride must be at least 1")
        self.conv1, self.bn1 = ShiftConv(c_in, width, 1), Norm(width)
        self.conv2, self.bn2 = ShiftConv(width, width, 3, stride), Norm(width)
        self.conv3, self.bn3 = ShiftConv(width, c_out, 1), Norm(c_out)
        self.projection = None
        if stride != 1 or c_in != c_out:
            self.projection = nn.Sequential(ShiftConv(c_in, c_out, 1, stride), Norm(c_out))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.projection is None else self.projection(x)
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn2(self.conv2(y)).relu()
        return (self.bn3(self.conv3(y)) + shortcut).relu()
