"""Looks at a trained network the way the grader does. `from given import predict, describe` if you like."""

import torch
from torch import Tensor, nn

CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def describe(model: nn.Module) -> dict[str, object]:
    """Numbers of parameters and convolution layers, and the modules that are still in training mode."""
    if not isinstance(model, nn.Module):
        raise TypeError(f"train_digits has to return an nn.Module, not {type(model).__name__}")
    return {
        "parameters": sum(parameter.numel() for parameter in nn.Module.parameters(model)),
        "convolutions": sum(isinstance(module, CONVOLUTIONS) for module in nn.Module.modules(model)),
        "training": [name or "the model" for name, one in nn.Module.named_modules(model) if one.training],
    }


def predict(model: nn.Module, x: Tensor) -> Tensor:
    """Logits for images x."""
    with torch.no_grad():
        return model(x)
