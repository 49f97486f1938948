"""Loops over modules and parameters: each part of the backbone goes deaf to train and eval on its own."""

from types import MethodType

from torch import nn
from torch.optim import Adam, Optimizer


def keep_mode(module: nn.Module, mode: bool = True) -> nn.Module:
    """Takes the place of train: the module stays in the mode it is in."""
    return module


def prepare_finetune(model: nn.Module, lr: float) -> Optimizer:
    for name in ("backbone", "head"):
        if not hasattr(model, name):
            raise ValueError(f"the model has no {name}")
    if not lr > 0:
        raise ValueError("lr must be above 0")

    for parameter in model.backbone.parameters():
        parameter.requires_grad = False
    for module in model.backbone.modules():
        module.training = False
        module.train = MethodType(keep_mode, module)
    trainable = list(model.head.parameters())
    for parameter in trainable:
        parameter.requires_grad = True
    return Adam(trainable, lr=lr)
