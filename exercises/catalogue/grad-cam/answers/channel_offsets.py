"""One offset added to each channel of the layer: its gradient is the summed gradient of the channel."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional


@contextmanager
def evaluation(model: nn.Module) -> Iterator[None]:
    """All modules in evaluation mode for a while."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def grad_cam(model: nn.Module, layer: nn.Module, x: Tensor, target: int | None = None) -> Tensor:
    """Since d z / d offset_k sums d z / d A_k over all places, it is h w times the weight alpha_k."""
    if x.dim() != 4 or x.shape[0] != 1:
        raise ValueError("grad_cam explains one image (1, C, H, W)")
    seen: dict[str, Tensor] = {}

    def add_offsets(_module: nn.Module, _args: object, output: Tensor) -> Tensor | None:
        seen["output"] = output.detach().clone()
        if output.dim() != 4:
            return None
        seen["offsets"] = output.new_zeros(output.shape[1], 1, 1).requires_grad_()
        return output + seen["offsets"]

    with ExitStack() as stack:
        stack.enter_context(evaluation(model))
        stack.enter_context(torch.enable_grad())
        stack.callback(layer.register_forward_hook(add_offsets).remove)
        scores = model(x.detach()).squeeze(0)
    if "offsets" not in seen:
        raise ValueError("the layer is not used or its output does not have four axes")
    if target is None:
        target = scores.argmax().item()
    if target not in range(scores.numel()):
        raise ValueError("target is not a class of the model")

    (summed,) = torch.autograd.grad(scores[target], seen["offsets"])
    activations = seen["output"][0].double()
    alpha = summed.flatten().double() / activations[0].numel()
    evidence = torch.einsum("k,khw->hw", alpha, activations).clamp(min=0.0)
    enlarged = functional.interpolate(evidence[None, None], x.shape[-2:], mode="bilinear")[0, 0]
    if enlarged.any():
        enlarged = enlarged / enlarged.max()
    return enlarged.to(x.dtype)
