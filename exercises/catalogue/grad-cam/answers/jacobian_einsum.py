"""Two forward passes: one records the activations, one maps them to the logits, whose Jacobian is taken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, einsum, nn
from torch.autograd.functional import jacobian
from torch.nn.functional import interpolate


@contextmanager
def evaluation(model: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode, and back in their own modes afterwards."""
    modes = {module: module.training for module in model.modules()}
    try:
        for module in modes:
            module.training = False
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


@contextmanager
def hooked(layer: nn.Module, hook: Callable) -> Iterator[None]:
    handle = layer.register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int | None = None) -> Tensor:
    if x.ndim != 4 or x.shape[0] != 1:
        raise ValueError("x must be one image (1, C, H, W)")
    image = x.detach()
    outputs = []
    with evaluation(model):
        with torch.no_grad(), hooked(layer, lambda module, inputs, output: outputs.append(output.clone())):
            scores = model(image.clone())[0]
        if not outputs or outputs[0].ndim != 4:
            raise ValueError("the layer must be used, and its output must have four axes")
        t = scores.argmax().item() if target is None else target
        if t not in range(len(scores)):
            raise ValueError(f"target must lie from 0 to {len(scores) - 1}")

        def logit(activations: Tensor) -> Tensor:
            with hooked(layer, lambda module, inputs, output: activations.clone()):
                return model(image.clone())[0, t]

        maps = outputs[0]
        gradients = jacobian(logit, maps)

    maps, gradients = maps[0].double(), gradients[0].double()
    alpha = einsum("khw->k", gradients) / gradients[0].numel()
    saliency = einsum("k,khw->hw", alpha, maps).clamp(min=0)
    saliency = interpolate(saliency[None, None], x.shape[2:], mode="bilinear", align_corners=False)[0, 0]
    largest = saliency.max()
    return (saliency / torch.where(largest > 0, largest, 1.0)).to(x.dtype)
