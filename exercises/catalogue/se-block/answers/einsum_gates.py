"""Einsum for the means, for both layers and for the scaling; the linear layers only hold the weights."""

from torch import Tensor, einsum, nn


class SEBlock(nn.Module):
    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        if min(channels, reduction) < 1 or reduction > channels:
            raise ValueError("need 1 <= reduction <= channels")
        self.reduce = nn.Linear(channels, channels // reduction)
        self.expand = nn.Linear(channels // reduction, channels)

    def forward(self, x: Tensor) -> Tensor:
        w1, b1 = self.reduce.weight, self.reduce.bias
        w2, b2 = self.expand.weight, self.expand.bias
        if x.ndim != 4 or x.shape[1] != w2.shape[0]:
            raise ValueError(f"x must be (N, {w2.shape[0]}, H, W)")
        positions = x.shape[2] * x.shape[3]
        squeezed = einsum("nchw->nc", x) / positions
        hidden = (einsum("nc,rc->nr", squeezed, w1) + b1).clamp(min=0)
        gates = (einsum("nr,cr->nc", hidden, w2) + b2).sigmoid()
        return einsum("nchw,nc->nchw", x, gates)
