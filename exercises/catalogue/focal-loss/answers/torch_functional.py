"""PyTorch: log_softmax, and a logsumexp over the other classes for log(1 - p_t)."""

import torch
import torch.nn.functional as F


def focal_loss(
    logits: torch.Tensor,
    target: torch.Tensor,
    gamma: float = 2.0,
    alpha: float | torch.Tensor | None = None,
    reduction: str = "mean",
) -> torch.Tensor:
    """Focal loss of logits (N, K) or (N,) for integer targets (N,)."""
    logits, target = torch.as_tensor(logits), torch.as_tensor(target)
    binary = logits.ndim == 1
    if binary:  # the sigmoid of z is the softmax of (0, z)
        logits = torch.stack([torch.zeros_like(logits), logits], dim=1)
    if logits.ndim != 2 or len(logits) == 0 or logits.shape[1] < 2:
        raise ValueError(f"logits must be (N,) or (N, K) with K at least 2, got {tuple(logits.shape)}")
    n, k = logits.shape
    if target.shape != (n,) or target.min() < 0 or target.max() >= k:
        raise ValueError(f"target must hold {n} class indices below {k}")
    if gamma < 0:
        raise ValueError(f"gamma must not be negative, got {gamma}")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"unknown reduction {reduction!r}")

    log_p = F.log_softmax(logits, dim=1)
    is_target = F.one_hot(target, k).bool()
    log_pt = log_p[is_target]
    log_miss = log_p.masked_fill(is_target, -torch.inf).logsumexp(dim=1)  # log(1 - p_t), never -inf
    loss = -torch.exp(gamma * log_miss) * log_pt

    if alpha is not None:
        alpha = torch.as_tensor(alpha, dtype=logits.dtype, device=logits.device)
        if alpha.ndim == 0:
            if binary and alpha > 1:
                raise ValueError(f"alpha must be at most 1, got {alpha}")
            alpha = torch.stack([1 - alpha, alpha]) if binary else alpha.expand(k)
        if alpha.shape != (k,) or (alpha < 0).any():
            raise ValueError(f"alpha must hold {k} numbers, none negative")
        loss = alpha[target] * loss

    if reduction == "none":
        return loss
    return loss.mean() if reduction == "mean" else loss.sum()
