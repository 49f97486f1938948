"""A forward hook cuts the graph: the layer's output becomes a leaf, and autograd.grad stops there."""

import torch
from torch import Tensor, nn
from torch.nn import functional


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int | None = None) -> Tensor:
    """Activations weighted by their mean gradients, ReLU, enlarged, scaled to a maximum of 1."""
    if x.ndim != 4 or len(x) != 1:
        raise ValueError("x must be one image (1, C, H, W)")
    leaves: list[Tensor] = []

    def cut(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        if not isinstance(output, Tensor) or output.ndim != 4:
            raise ValueError("the layer's output needs four axes")
        leaves.append(output.detach().clone().requires_grad_())
        return leaves[-1].clone()  # a copy, since the next layer may work in place

    modes = {module: module.training for module in model.modules()}
    handle = layer.register_forward_hook(cut)
    try:
        for module in modes:
            module.training = False
        with torch.enable_grad():
            logits = model(x.detach())[0]
    finally:
        handle.remove()
        for module, mode in modes.items():
            module.training = mode
    if not leaves:
        raise ValueError("the forward pass does not use the layer")
    if target is None:
        target = int(logits.argmax())
    if not 0 <= target < len(logits):
        raise ValueError("there is no such class")

    (gradient,) = torch.autograd.grad(logits[target], leaves[0])
    activations = leaves[0].detach().double()
    weights = gradient.double().mean((2, 3), keepdim=True)
    heat = (weights * activations).sum(1, keepdim=True).relu()
    heat = functional.interpolate(heat, size=x.shape[2:], mode="bilinear", align_corners=False)[0, 0]
    peak = heat.max()
    return (heat / peak if peak > 0 else heat).to(x.dtype)
