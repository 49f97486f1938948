"""PyTorch twins of normalisation without running statistics."""

import torch
from torch.nn import functional

from exercises.reference.twins.asking import asked


def lrn(
    x: torch.Tensor, n: int, k: float, alpha: float, beta: float, divide_alpha_by_n: bool
) -> torch.Tensor:
    """See `exercises.reference.lrn`. PyTorch divides alpha by n, and would take an even n."""
    if x.ndim != 4 or n < 1 or n % 2 == 0:
        raise ValueError("x must have four axes, and n must be odd and at least 1")
    return asked(functional.local_response_norm, x, n, alpha if divide_alpha_by_n else alpha * n, beta, k)
