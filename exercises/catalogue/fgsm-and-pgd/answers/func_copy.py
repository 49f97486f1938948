"""Functional: torch.func.grad of the loss of a deep copy, steps chained by reduce over the perturbation."""

from copy import deepcopy
from functools import reduce

import torch
from torch import Tensor, nn


def attack(
    model: nn.Module, x: Tensor, y: Tensor, eps: float, alpha: float, steps: int, targeted: bool = False
) -> Tensor:
    """Sign-gradient steps of the perturbation delta, clipped to the eps-ball and to valid images."""
    if min(eps, alpha) < 0:
        raise ValueError("eps and alpha must not be negative")
    if steps < 1:
        raise ValueError("at least one step is needed")
    clean = x.detach()
    copy = deepcopy(model).requires_grad_(False).eval()

    def objective(delta: Tensor) -> Tensor:
        """What the attack increases: the loss of y, or its negative in a targeted attack."""
        log_probabilities = copy(clean + delta).log_softmax(dim=1)
        loss = -log_probabilities.gather(1, y[:, None]).sum()
        return -loss if targeted else loss

    ascent = torch.func.grad(objective)

    def step(delta: Tensor, _: int) -> Tensor:
        moved = (delta + alpha * ascent(delta).sign()).clamp(-eps, eps)
        return (clean + moved).clamp(0.0, 1.0) - clean

    delta = reduce(step, range(steps), torch.zeros_like(clean))
    return (clean + delta).clamp(0.0, 1.0)
