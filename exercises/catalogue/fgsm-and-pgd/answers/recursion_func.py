"""Recursion, with the gradient as a function from torch.func; works on the change of the image."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.func import grad


@contextmanager
def evaluation(model: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode, and back in their own modes afterwards."""
    modes = {module: module.training for module in model.modules()}
    for module in modes:
        module.training = False
    try:
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def attack(
    model: nn.Module, x: Tensor, y: Tensor, eps: float, alpha: float, steps: int, targeted: bool = False
) -> Tensor:
    if min(eps, alpha) < 0 or steps < 1:
        raise ValueError("need eps >= 0, alpha >= 0 and steps >= 1")
    x = x.detach()
    sign = -1 if targeted else 1

    def objective(change: Tensor) -> Tensor:
        log_probabilities = model(x + change).log_softmax(dim=1)
        return -sign * log_probabilities.gather(1, y[:, None]).sum()

    def project(change: Tensor) -> Tensor:
        return (x + change.clamp(-eps, eps)).clamp(0, 1) - x

    def ascend(change: Tensor, left: int) -> Tensor:
        if left == 0:
            return change
        return ascend(project(change + alpha * grad(objective)(change).sign()), left - 1)

    with evaluation(model):
        change = ascend(torch.zeros_like(x), steps)
    return (x + change).clamp(0, 1).detach()
