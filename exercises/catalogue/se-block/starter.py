from torch import Tensor, nn


class SEBlock(nn.Module):
    """Squeeze-and-excitation: (N, channels, H, W) to the same shape, each channel times its gate.

    The hidden layer has channels // reduction units. Raises ValueError where that is 0, for arguments
    below 1, and in forward for an input without four axes or with another number of channels.
    """

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        raise NotImplementedError
