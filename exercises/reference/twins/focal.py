"""PyTorch twins of focal loss, on top of PyTorch's cross-entropies."""

import torch
from torch import Tensor
from torch.nn import functional


def focal_loss(
    logits: Tensor,
    target: Tensor,
    gamma: float = 2.0,
    alpha: float | Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """See `exercises.reference.focal_loss`."""
    if logits.ndim == 1:
        entropy = functional.binary_cross_entropy_with_logits(
            logits, target.to(logits.dtype), reduction="none"
        )
        alpha = torch.tensor([1 - alpha, alpha]) if isinstance(alpha, float) else alpha
    else:
        entropy = functional.cross_entropy(logits, target, reduction="none")
    losses = (-torch.expm1(-entropy)) ** gamma * entropy
    if alpha is not None:
        losses = losses * (alpha.to(logits)[target] if isinstance(alpha, Tensor) else alpha)
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()
