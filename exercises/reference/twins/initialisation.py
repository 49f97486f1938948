"""PyTorch twins of initialisers."""

import torch
from torch.nn import init


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: torch.Generator
) -> torch.Tensor:
    """See `exercises.reference.init_weights`; draws from a torch generator, so its weights differ."""
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"shape must have at least two entries of at least 1, not {shape!r:.60}")
    weights = torch.empty(shape, dtype=torch.float64)
    if scheme == "he" and distribution == "normal":
        return init.kaiming_normal_(weights, a=a, nonlinearity="leaky_relu", generator=rng)
    if scheme == "he" and distribution == "uniform":
        return init.kaiming_uniform_(weights, a=a, nonlinearity="leaky_relu", generator=rng)
    if scheme == "xavier" and distribution == "normal":
        return init.xavier_normal_(weights, generator=rng)
    if scheme == "xavier" and distribution == "uniform":
        return init.xavier_uniform_(weights, generator=rng)
    raise ValueError(f"unknown scheme or distribution: {scheme!r:.40}, {distribution!r:.40}")
