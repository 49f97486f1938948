"""PyTorch twins of the NumPy operations: the same signatures on torch tensors. Importing needs PyTorch."""

import torch
from torch.nn import functional

from exercises.reference.checking import Pair


def conv2d(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> torch.Tensor:
    """See `exercises.reference.conv2d`. Raises ValueError where PyTorch refuses."""
    return _asked(functional.conv2d, x, w, b, stride, padding, dilation, groups)


def conv2d_single(
    x: torch.Tensor, f: torch.Tensor, bias: float = 0.0, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """See `exercises.reference.conv2d_single`."""
    image, weights = x.permute(2, 0, 1)[None], f.permute(2, 0, 1)[None]
    return conv2d(image, weights, None, stride, padding)[0, 0] + bias


def max_pool2d(
    x: torch.Tensor, kernel: Pair, stride: Pair | None = None, padding: Pair = 0, ceil_mode: bool = False
) -> torch.Tensor:
    """See `exercises.reference.max_pool2d`."""
    return _asked(functional.max_pool2d, x, kernel, stride, padding, 1, ceil_mode)


def dropout(
    x: torch.Tensor, p: float, training: bool, rng: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """See `exercises.reference.dropout`; draws from a torch generator, so its masks differ from NumPy's."""
    if not 0 <= p <= 1:
        raise ValueError(f"p must be from 0 to 1, not {p!r:.40}")
    if not training:
        return x.clone(), torch.ones_like(x, dtype=torch.bool)
    mask = torch.rand(x.shape, generator=rng, device=x.device, dtype=torch.float64) >= p
    scaled = x / (1 - p) if p < 1 else torch.zeros_like(x)
    return torch.where(mask, scaled, torch.zeros_like(x)), mask


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
    y = _asked(functional.batch_norm, x, mean, var, gamma, beta, training, momentum, eps)
    return y, mean, var


def _asked(operation: object, *args: object) -> torch.Tensor:
    """Call PyTorch; its complaints about arguments become ValueError, as in the NumPy operations."""
    try:
        return operation(*args)  # type: ignore[operator]
    except RuntimeError as error:
        raise ValueError(str(error).splitlines()[0]) from error
