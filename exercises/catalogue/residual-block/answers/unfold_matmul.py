"""Matrix products: convolutions as unfold (im2col) and one product, batch norm from its functional form."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class MatmulConv(nn.Module):
    """A k x k convolution without bias, as the product of the filters with the unfolded patches."""

    def __init__(self, c_in: int, c_out: int, k: int, stride: int) -> None:
        super().__init__()
        self.k, self.stride, self.padding = k, stride, k // 2
        self.weight = nn.Parameter(torch.randn(c_out, c_in, k, k) * (2 / (c_in * k * k)) ** 0.5)

    def forward(self, x: Tensor) -> Tensor:
        h, w = ((size - 1) // self.stride + 1 for size in x.shape[2:])  # rounded up
        patches = functional.unfold(x, self.k, padding=self.padding, stride=self.stride)
        return (self.weight.flatten(1) @ patches).unflatten(2, (h, w))


class Norm(nn.Module):
    """Batch norm with running statistics."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        return functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, self.training, 0.1, 1e-5
        )


class BasicBlock(nn.Module):
    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        if c_in < 1 or c_out < 1 or stride < 1:
            raise ValueError("c_in, c_out and stride must be at least 1")
        self.conv1, self.bn1 = MatmulConv(c_in, c_out, 3, stride), Norm(c_out)
        self.conv2, self.bn2 = MatmulConv(c_out, c_out, 3, 1), Norm(c_out)
        same_shape = stride == 1 and c_in == c_out
        steps = [] if same_shape else [MatmulConv(c_in, c_out, 1, stride), Norm(c_out)]
        self.projection = nn.Sequential(*steps)  # the identity, if it is empty

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.bn1(self.conv1(x)).relu()
        return (self.bn2(self.conv2(hidden)) + self.projection(x)).relu()
