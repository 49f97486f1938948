"""The backbone as a whole stays in evaluation mode: its own train method ignores the mode asked for."""

import torch
from torch import nn
from torch.optim import Optimizer


def prepare_finetune(model: nn.Module, lr: float) -> Optimizer:
    if not hasattr(model, "backbone") or not hasattr(model, "head"):
        raise ValueError("the model needs a backbone and a head")
    if not lr > 0:
        raise ValueError("lr must be above 0")
    model.backbone.requires_grad_(False)
    model.head.requires_grad_(True)

    switch = model.backbone.train  # model.train(mode) calls backbone.train(mode)

    def stay_in_evaluation(mode: bool = True) -> nn.Module:
        return switch(False)

    model.backbone.train = stay_in_evaluation  # on this object only, not on its class
    model.backbone.eval()
    return torch.optim.SGD(model.head.parameters(), lr=lr, momentum=0.9)
