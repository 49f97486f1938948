"""You made one step too many.

`range(steps + 1)` runs once more than asked for; small `eps` hides it, since the projection cuts the
last step.
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
    for _ in range(steps + 1):
        adv.requires_grad_(True)
        loss = F.cross_entropy(model(adv), y)
        grad = torch.autograd.grad(loss, adv)[0]
        direction = grad.sign()
        adv = adv.detach() - alpha * direction if targeted else adv.detach() + alpha * direction
        adv = clean + (adv - clean).clamp(-eps, eps)
        adv = adv.clamp(0, 1)
    for module, training in modes.items():
        module.training = training
    return adv
