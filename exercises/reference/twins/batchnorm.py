"""PyTorch twins of batch normalisation."""

import torch
from torch.nn import functional

from exercises.reference.twins.asking import asked


def batch_norm(
    x: torch.Tensor,
    gamma: torch.Tensor,
    beta: torch.Tensor,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    training: bool,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """See `exercises.reference.batch_norm`; leaves the running values that are passed in alone."""
    mean, var = running_mean.clone(), running_var.clone()
    y = asked(functional.batch_norm, x, mean, var, gamma, beta, training, momentum, eps)
    return y, mean, var
