"""PyTorch modules: three pairs of convolution and batch norm, and the shortcut."""

from torch import Tensor, nn
from torch.nn.functional import relu


class Bottleneck(nn.Module):
    def __init__(self, c_in: int, width: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        if min(c_in, width, c_out, stride) < 1:
            raise ValueError("c_in, width, c_out and stride must be at least 1")
        self.conv1 = nn.Conv2d(c_in, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, c_out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(c_out)
        if stride == 1 and c_in == c_out:
            self.projection = nn.Identity()
        else:
            conv = nn.Conv2d(c_in, c_out, 1, stride=stride, bias=False)
            self.projection = nn.Sequential(conv, nn.BatchNorm2d(c_out))

    def forward(self, x: Tensor) -> Tensor:
        narrow = relu(self.bn1(self.conv1(x)))
        narrow = relu(self.bn2(self.conv2(narrow)))
        return relu(self.bn3(self.conv3(narrow)) + self.projection(x))
