"""Forward hook and one backward pass from the logit to the activations, which become a leaf of the graph."""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int | None = None) -> Tensor:
    if x.ndim != 4 or len(x) != 1:
        raise ValueError("x must be one image (1, C, H, W)")
    captured = []

    def capture(module: nn.Module, inputs: tuple, output: Tensor) -> Tensor:
        if not isinstance(output, Tensor) or output.ndim != 4:
            raise ValueError("the output of the layer must have four axes")
        leaf = output.detach().requires_grad_()
        captured.append(leaf)
        return leaf.clone()  # later layers may work in place

    modes = [(module, module.training) for module in model.modules()]
    handle = layer.register_forward_hook(capture)
    try:
        for module, _ in modes:
            module.training = False
        with torch.enable_grad():
            logits = model(x.detach().clone())[0]
            if not captured:
                raise ValueError("the forward pass does not use the layer")
            if target is None:
                target = int(logits.argmax())
            if not 0 <= target < len(logits):
                raise ValueError(f"target must lie from 0 to {len(logits) - 1}")
            (gradient,) = torch.autograd.grad(logits[target], captured, materialize_grads=True)
    finally:
        handle.remove()
        for module, mode in modes:
            module.training = mode

    activations = captured[0].detach().double()  # so that products of tiny numbers do not vanish
    weights = gradient.double().mean(dim=(2, 3), keepdim=True)
    heat = (weights * activations).sum(dim=1, keepdim=True).relu()
    heat = interpolate(heat, size=x.shape[2:], mode="bilinear", align_corners=False)[0, 0]
    peak = heat.max()
    return (heat / peak if peak > 0 else heat).to(x.dtype)
