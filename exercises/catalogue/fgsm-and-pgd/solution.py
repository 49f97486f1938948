from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode, and afterwards each in the mode that it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def ascent(model: nn.Module, images: Tensor, y: Tensor) -> Tensor:
    """The sign of the loss's gradient at the images; touches no gradient of the parameters."""
    images = images.detach().requires_grad_()
    loss = functional.cross_entropy(model(images), y)
    (gradient,) = torch.autograd.grad(loss, images)
    return gradient.sign()


def attack(
    model: nn.Module, x: Tensor, y: Tensor, eps: float, alpha: float, steps: int, targeted: bool = False
) -> Tensor:
    """Adversarial images for x (N, C, H, W) in [0, 1] by projected gradient steps in the max-norm.

    Untargeted, the loss of the labels y (N,) grows; targeted, y are the wanted labels and their loss falls.
    Raises ValueError for eps or alpha below 0 and for steps below 1. Leaves the model as it was.
    """
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError(f"need eps >= 0, alpha >= 0 and steps >= 1, got {eps}, {alpha}, {steps}")
    clean = x.detach()
    low, high = (clean - eps).clamp(min=0), (clean + eps).clamp(max=1)
    step = -alpha if targeted else alpha
    images = clean
    with evaluating(model):
        for _ in range(steps):
            moved = images + step * ascent(model, images, y)
            images = torch.minimum(torch.maximum(moved, low), high)
    return images
