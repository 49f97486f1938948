import torch
from torch import Tensor


def check(scores: Tensor, target: Tensor, gamma: float, reduction: str) -> None:
    if scores.ndim != 2 or len(scores) == 0 or scores.shape[1] < 2:
        raise ValueError(f"logits have shape {tuple(scores.shape)}")
    if target.shape != scores.shape[:1]:
        raise ValueError(f"target has shape {tuple(target.shape)} for {len(scores)} samples")
    if target.min() < 0 or target.max() >= scores.shape[1]:
        raise ValueError(f"targets must be from 0 to {scores.shape[1] - 1}")
    if gamma < 0:
        raise ValueError(f"gamma must not be negative, got {gamma}")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"unknown reduction {reduction!r}")


def class_weights(alpha: float | Tensor | None, scores: Tensor, binary: bool) -> Tensor:
    """The factor of each class, in the dtype and on the device of the scores."""
    classes = scores.shape[1]
    if alpha is None:
        return scores.new_ones(classes)
    weights = torch.as_tensor(alpha, dtype=scores.dtype, device=scores.device)
    if weights.ndim == 0:
        weights = torch.stack([1 - weights, weights]) if binary else weights.expand(classes)
    if weights.shape != (classes,) or weights.min() < 0:
        raise ValueError(f"alpha {alpha} does not fit {classes} classes")
    return weights


def focal_loss(
    logits: Tensor,
    target: Tensor,
    gamma: float = 2.0,
    alpha: float | Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Focal loss of logits (N, K), softmax, or (N,), sigmoid, for integer targets (N,).

    alpha weights the classes, see the statement. Returns (N,) losses for reduction "none", one number for
    "mean" and "sum". Raises ValueError for bad input.
    """
    logits, target = torch.as_tensor(logits), torch.as_tensor(target)
    binary = logits.ndim == 1
    # sigmoid(z) is the second probability of a softmax over (0, z)
    scores = torch.stack([torch.zeros_like(logits), logits], dim=1) if binary else logits
    check(scores, target, gamma, reduction)
    alpha_t = class_weights(alpha, scores, binary)[target]
    hit = target[:, None] == torch.arange(scores.shape[1], device=scores.device)
    total = scores.logsumexp(dim=1)
    log_p = scores[hit] - total
    log_rest = scores.masked_fill(hit, -torch.inf).logsumexp(dim=1) - total  # log(1 - p), without 1 - p
    losses = -alpha_t * torch.exp(gamma * log_rest) * log_p
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()
