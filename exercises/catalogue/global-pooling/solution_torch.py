import torch
from torch import Tensor


def global_pool(x: Tensor, mode: str) -> Tensor:
    """Pool each map of x (N, C, H, W) to one number.

    mode "avg" and "max" give (N, C), "concat" gives (N, 2C): averages, then maxima. The dtype is that of x.
    Raises ValueError for bad input.
    """
    if x.ndim != 4:
        raise ValueError(f"x needs four axes, got shape {tuple(x.shape)}")
    pixels = torch.as_tensor(x).flatten(2)
    if pixels.shape[2] == 0:
        raise ValueError(f"maps of {x.shape[2]}x{x.shape[3]} have nothing to pool")
    pools = {"avg": [torch.mean], "max": [torch.amax], "concat": [torch.mean, torch.amax]}
    if mode not in pools:
        raise ValueError(f"unknown mode {mode!r}")
    return torch.cat([pool(pixels, dim=2) for pool in pools[mode]], dim=1)
