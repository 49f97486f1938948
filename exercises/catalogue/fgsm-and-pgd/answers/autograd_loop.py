"""A loop with torch.autograd.grad, on the model itself, whose modes a context manager restores."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional


@contextmanager
def evaluation(model: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode for a while."""
    modes = [(module, module.training) for module in model.modules()]
    try:
        for module, _ in modes:
            module.training = False
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def attack(
    model: nn.Module, x: Tensor, y: Tensor, eps: float, alpha: float, steps: int, targeted: bool = False
) -> Tensor:
    """Projected sign-gradient steps; autograd.grad asks for the image's gradient alone."""
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError("eps and alpha must be at least 0, steps at least 1")
    x = x.detach()
    lowest, highest = (x - eps).clamp(min=0.0), (x + eps).clamp(max=1.0)
    step = -alpha if targeted else alpha
    adversarial = x
    with evaluation(model), torch.enable_grad():
        for _ in range(steps):
            image = adversarial.clone().requires_grad_()
            loss = functional.cross_entropy(model(image), y, reduction="sum")
            (gradient,) = torch.autograd.grad(loss, image)
            adversarial = (image.detach() + step * gradient.sign()).clamp(lowest, highest)
    return adversarial
