"""You divided `alpha` by the number of steps.

`alpha` is the size of each step.
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
        adv = (
            adv.detach() - alpha / steps * direction if targeted else adv.detach() + alpha / steps * direction
        )
        adv = clean + (adv - clean).clamp(-eps, eps)
        adv = adv.clamp(0, 1)
    for module, training in modes.items():
        module.training = training
    return adv
