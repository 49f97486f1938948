"""You projected around the image of the last step.

Each step then stays within `eps`, but the sum of the steps does not. The ball lies around the original
image.
"""

import torch
import torch.nn.functional as F


def attack(model, x, y, eps, alpha, steps, targeted=False):
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError("need eps >= 0, alpha >= 0 and steps >= 1")
    modes = {module: module.training for module in model.modules()}
    model.eval()
    clean = x.detach()
    adv = clean.clone()
    for _ in range(steps):
        adv.requires_grad_(True)
        loss = F.cross_entropy(model(adv), y)
        grad = torch.autograd.grad(loss, adv)[0]
        direction = grad.sign()
        adv_before = adv.detach()
        adv = adv.detach() - alpha * direction if targeted else adv.detach() + alpha * direction
        previous = adv_before
        adv = previous + (adv - previous).clamp(-eps, eps)
        adv = adv.clamp(0, 1)
    for module, training in modes.items():
        module.training = training
    return adv
