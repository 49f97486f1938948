"""You lowered the label's logit instead of raising the cross-entropy.

The two directions differ as soon as there are more than two classes: the cross-entropy also raises the
others.
"""

import torch


def attack(model, x, y, eps, alpha, steps, targeted=False):
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError("need eps >= 0, alpha >= 0 and steps >= 1")
    modes = {module: module.training for module in model.modules()}
    model.eval()
    clean = x.detach()
    adv = clean.clone()
    for _ in range(steps):
        adv.requires_grad_(True)
        loss = -model(adv).gather(1, y[:, None]).sum()
        grad = torch.autograd.grad(loss, adv)[0]
        direction = grad.sign()
        adv = adv.detach() - alpha * direction if targeted else adv.detach() + alpha * direction
        adv = clean + (adv - clean).clamp(-eps, eps)
        adv = adv.clamp(0, 1)
    for module, training in modes.items():
        module.training = training
    return adv
