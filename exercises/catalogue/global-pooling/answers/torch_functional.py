"""PyTorch's adaptive pooling to one cell."""

import numpy as np
import torch
import torch.nn.functional as F


def global_pool(x: np.ndarray, mode: str) -> torch.Tensor:
    """Pool each map of x (N, C, H, W) to its average, its maximum or both."""
    x = torch.as_tensor(x)
    if x.ndim != 4:
        raise ValueError(f"x must have four axes, got {x.ndim}")
    if 0 in x.shape[2:]:
        raise ValueError("the maps are empty")
    if mode not in ("avg", "max", "concat"):
        raise ValueError(f"unknown mode {mode!r}")
    pooled = []
    if mode != "max":
        pooled.append(F.adaptive_avg_pool2d(x, 1))
    if mode != "avg":
        pooled.append(F.adaptive_max_pool2d(x, 1))
    return torch.cat(pooled, dim=1).flatten(1)
