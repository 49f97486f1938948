"""PyTorch twins of the activations; slopes come from autograd."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

KINDS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "relu": lambda x, a: functional.relu(x),
    "leaky_relu": functional.leaky_relu,
    "prelu": lambda x, a: functional.prelu(x, x.new_tensor([a])),
    "elu": functional.elu,
    "silu": lambda x, a: functional.silu(x),
    "gelu": lambda x, a: functional.gelu(x),
}


def activation(x: Tensor, kind: str, a: float) -> tuple[Tensor, Tensor]:
    """See `exercises.reference.activation`."""
    if kind not in KINDS or a < 0:
        raise ValueError(f"no activation {kind!r:.40} with a = {a!r:.40}")
    point = x.detach().clone().requires_grad_()
    y = KINDS[kind](point, a)
    (slope,) = torch.autograd.grad(y.sum(), point)
    return y.detach(), slope


def sigmoid(z: Tensor) -> Tensor:
    """See `exercises.reference.sigmoid`."""
    return torch.sigmoid(z)


def softmax(z: Tensor, axis: int, temperature: float = 1.0) -> Tensor:
    """See `exercises.reference.softmax`."""
    return torch.softmax(_cooled(z, temperature), dim=axis)


def log_softmax(z: Tensor, axis: int, temperature: float = 1.0) -> Tensor:
    """See `exercises.reference.log_softmax`."""
    return torch.log_softmax(_cooled(z, temperature), dim=axis)


def _cooled(z: Tensor, temperature: float) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"temperature must be positive, not {temperature!r:.40}")
    return z / temperature
