from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode, and afterwards each in the mode that it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training


def activations_and_gradients(
    model: nn.Module, layer: nn.Module, x: Tensor, target: int | None
) -> tuple[Tensor, Tensor]:
    """The layer's output (1, K, h, w) and the gradient of the class's logit with respect to it."""
    kept: dict[str, Tensor] = {}

    def keep(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> Tensor:
        kept["output"] = output
        return output.clone()  # what a later layer does in place, it does to the copy

    hook = layer.register_forward_hook(keep)
    try:
        # An input that wants a gradient makes one flow even where all parameters are frozen.
        logits = model(x.detach().requires_grad_())
    finally:
        hook.remove()
    activations = kept.get("output")
    if activations is None or activations.ndim != 4:
        raise ValueError("the forward pass must get an output of four axes from the layer")
    index = int(logits.argmax()) if target is None else target
    if not 0 <= index < logits.shape[1]:
        raise ValueError(f"target {target} is not one of {logits.shape[1]} classes")
    # Unlike backward(), this leaves the parameters' own gradients alone.
    (gradients,) = torch.autograd.grad(logits.flatten()[index], activations)
    return activations.detach(), gradients


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int | None = None) -> Tensor:
    """Grad-CAM of one image x (1, C, H, W) for a class, from the output of a layer of the model.

    Returns a map (H, W) in [0, 1]; target None means the class with the largest logit. Raises ValueError
    for bad input and for a layer without an output of four axes. Leaves the model as it was.
    """
    if x.ndim != 4 or len(x) != 1:
        raise ValueError(f"x must be (1, C, H, W), got {tuple(x.shape)}")
    with evaluating(model):
        activations, gradients = activations_and_gradients(model, layer, x, target)
    weights = gradients.mean(dim=(2, 3), keepdim=True)
    coarse = torch.relu((weights * activations).sum(dim=1, keepdim=True))
    enlarged = functional.interpolate(coarse, x.shape[2:], mode="bilinear", align_corners=False)
    largest = enlarged.max()
    scaled = enlarged / largest if largest > 0 else enlarged
    return scaled.squeeze((0, 1))
