from torch import Tensor, nn


class Inception(nn.Module):
    """Inception module: (N, c_in, H, W) to (N, c1 + c3[1] + c5[1] + cp, H, W).

    Branches in this order: 1x1; 1x1 and 3x3; 1x1 and 5x5; max pool and 1x1. Raises ValueError for widths
    below 1, and in forward for an input without four axes or with another number of channels.
    """

    def __init__(self, c_in: int, c1: int, c3: tuple[int, int], c5: tuple[int, int], cp: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
