"""You divided the gradient by its Euclidean length.

That is the best step for a bound on the Euclidean norm. In the max-norm every pixel moves by `alpha`:
take the sign.
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
        direction = grad / grad.flatten(1).norm(dim=1).clamp(min=1e-30)[:, None, None, None]
        adv = adv.detach() - alpha * direction if targeted else adv.detach() + alpha * direction
        adv = clean + (adv - clean).clamp(-eps, eps)
        adv = adv.clamp(0, 1)
    for module, training in modes.items():
        module.training = training
    return adv
