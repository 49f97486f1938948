"""You replaced `train` in the class of the model and not in the object.

From then on every other model of this class keeps its backbone in evaluation mode as well, and cannot be
trained. Set the attribute on the modules of this backbone.
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
    model.backbone.requires_grad_(False)
    model.head.requires_grad_(True)
    for module in model.backbone.modules():
        if isinstance(module, BATCH_NORMS):
            keep_in_evaluation(module)
    kind = type(model)

    def train(self: nn.Module, mode: bool = True) -> nn.Module:
        nn.Module.train(self, mode)
        for module in self.backbone.modules():
            if isinstance(module, BATCH_NORMS):
                module.eval()
        return self

    kind.train = train
    return torch.optim.AdamW(model.head.parameters(), lr=lr)


def keep_in_evaluation(module: nn.Module) -> None:
    """Switch to evaluation mode, and let later calls of train() change nothing."""
    module.eval()
