from torch import Tensor, nn


def attack(
    model: nn.Module, x: Tensor, y: Tensor, eps: float, alpha: float, steps: int, targeted: bool = False
) -> Tensor:
    """Adversarial images for x (N, C, H, W) in [0, 1] by projected gradient steps in the max-norm.

    Untargeted, the loss of the labels y (N,) grows; targeted, y are the wanted labels and their loss falls.
    Raises ValueError for eps or alpha below 0 and for steps below 1. Leaves the model as it was.
    """
    raise NotImplementedError
