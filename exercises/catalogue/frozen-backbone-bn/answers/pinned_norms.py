"""Every batch norm of the backbone gets a train method of its own that never leaves evaluation mode."""

from types import MethodType

from torch import nn, optim

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def stay_in_evaluation(module: nn.Module, mode: bool = True) -> nn.Module:
    """A stand-in for Module.train that ignores the mode asked for."""
    module.training = False
    return module


def prepare_finetune(model: nn.Module, lr: float) -> optim.Optimizer:
    """Freeze the backbone, pin all of it that keeps buffers, and train the head with SGD."""
    if not hasattr(model, "backbone") or not hasattr(model, "head"):
        raise ValueError("the model needs a backbone and a head")
    if not lr > 0:
        raise ValueError("the learning rate must be above 0")
    for parameter in model.backbone.parameters():
        parameter.requires_grad = False
    for parameter in model.head.parameters():
        parameter.requires_grad = True
    for module in model.backbone.modules():
        if isinstance(module, NORMS) or any(True for _ in module.buffers(recurse=False)):
            module.train = MethodType(stay_in_evaluation, module)
            module.train()
    return optim.SGD(model.head.parameters(), lr=lr, momentum=0.9)
