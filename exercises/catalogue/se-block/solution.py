import torch
from torch import Tensor, nn


class SEBlock(nn.Module):
    """Squeeze-and-excitation: (N, channels, H, W) to the same shape, each channel times its gate.

    The hidden layer has channels // reduction units. Raises ValueError where that is 0, for arguments
    below 1, and in forward for an input without four axes or with another number of channels.
    """

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        if not 1 <= reduction <= channels:
            raise ValueError(f"{channels} channels reduced by {reduction} leave no hidden unit")
        self.channels = channels
        self.reduce = nn.Linear(channels, channels // reduction)
        self.expand = nn.Linear(channels // reduction, channels)

    def forward(self, x: Tensor) -> Tensor:
        if x.ndim != 4 or x.shape[1] != self.channels:
            raise ValueError(f"x must be (N, {self.channels}, H, W), got {tuple(x.shape)}")
        squeezed = x.mean(dim=(2, 3))
        gates = torch.sigmoid(self.expand(torch.relu(self.reduce(squeezed))))
        return x * gates[:, :, None, None]
