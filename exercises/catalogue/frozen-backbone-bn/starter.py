from torch import nn
from torch.optim import Optimizer


def prepare_finetune(model: nn.Module, lr: float) -> Optimizer:
    """Freeze model.backbone with its batch norm statistics for good, and return an optimizer for model.head.

    Raises ValueError if the model has no backbone or no head, and if lr is not above 0, before any change.
    """
    raise NotImplementedError
