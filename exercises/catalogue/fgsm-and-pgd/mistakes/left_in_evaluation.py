"""You left the model in evaluation mode.

In adversarial training the next step would go on without dropout and with frozen statistics. Put every
module back into the mode that it was in.
"""

import torch
import torch.nn.functional as F


def attack(model, x, y, eps, alpha, steps, targeted=False):
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError("need eps >= 0, alpha >= 0 and steps >= 1")
    model.eval()
    clean = x.detach()
    adv = clean.clone()
    for _ in range(steps):
        adv.requires_grad_(True)
        loss = F.cross_entropy(model(adv), y)
        grad = torch.autograd.grad(loss, adv)[0]
        direction = grad.sign()
        adv = adv.detach() - alpha * direction if targeted else adv.detach() + alpha * direction
        adv = clean + (adv - clean).clamp(-eps, eps)
        adv = adv.clamp(0, 1)
    return adv
