"""The backbone as a whole stays in evaluation mode: its own train method, on the object, passes False on."""

from torch import nn
from torch.optim import AdamW, Optimizer


def prepare_finetune(model: nn.Module, lr: float) -> Optimizer:
    """Nothing below the backbone ever hears of training mode; AdamW moves the head."""
    missing = [name for name in ("backbone", "head") if not hasattr(model, name)]
    if missing:
        raise ValueError(f"the model has no {' and no '.join(missing)}")
    if not lr > 0:
        raise ValueError("lr must be above 0")

    backbone, head = model.backbone, model.head
    backbone.requires_grad_(False)
    head.requires_grad_(True)
    train = backbone.train  # the method of its class, bound to this object

    def only_evaluation(mode: bool = True) -> nn.Module:
        return train(False)

    backbone.train = only_evaluation
    backbone.eval()
    return AdamW(head.parameters(), lr=lr)
