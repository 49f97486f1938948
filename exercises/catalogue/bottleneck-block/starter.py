from torch import Tensor, nn


class Bottleneck(nn.Module):
    """Bottleneck block: (N, c_in, H, W) to (N, c_out, ceil(H / stride), ceil(W / stride)).

    1x1, 3x3 (with the stride) and 1x1 convolutions, each with batch norm, plus the shortcut, then ReLU.
    Raises ValueError for an argument below 1.
    """

    def __init__(self, c_in: int, width: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
