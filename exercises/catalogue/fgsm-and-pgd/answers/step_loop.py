"""A loop over the steps, with one gradient of the loss each."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy


def attack(
    model: nn.Module, x: Tensor, y: Tensor, eps: float, alpha: float, steps: int, targeted: bool = False
) -> Tensor:
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError("eps and alpha must not be negative, steps must be at least 1")
    original = x.detach()
    low, high = (original - eps).clamp(min=0), (original + eps).clamp(max=1)
    step = -alpha if targeted else alpha
    modes = [(module, module.training) for module in model.modules()]
    try:
        for module, _ in modes:
            module.training = False
        image = original
        for _ in range(steps):
            image = image.clone().requires_grad_()
            with torch.enable_grad():
                loss = cross_entropy(model(image), y, reduction="sum")
                (gradient,) = torch.autograd.grad(loss, image)  # leaves the parameters' gradients alone
            image = (image.detach() + step * gradient.sign()).clamp(low, high)
    finally:
        for module, mode in modes:
            module.training = mode
    return image
