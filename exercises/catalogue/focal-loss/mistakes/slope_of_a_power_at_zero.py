"""Your gradient is NaN where an example is certain and `gamma` lies between 0 and 1.

`1 - p` is rounded to 0 there, and the slope of `x ** 0.5` at 0 is infinite; times the slope 0 of `p` that
is NaN. Use `exp(gamma * log(1 - p_t))` with `log(1 - p_t)` from the logits: the log-sum-exp of the other
classes minus that of all.
"""

import torch
from torch.nn import functional


def class_alpha(alpha, k, binary, like):
    if alpha is None:
        return torch.ones(k, dtype=like.dtype, device=like.device)
    alpha = torch.as_tensor(alpha, dtype=like.dtype, device=like.device)
    if alpha.ndim == 0:
        alpha = torch.stack([1 - alpha, alpha]) if binary else alpha.repeat(k)
    if alpha.shape != (k,) or (alpha < 0).any():
        raise ValueError("alpha does not fit")
    return alpha


def focal_loss(logits, target, gamma=2.0, alpha=None, reduction="mean"):
    logits, target = torch.as_tensor(logits), torch.as_tensor(target).long()
    binary = logits.ndim == 1
    scores = torch.stack([torch.zeros_like(logits), logits], dim=1) if binary else logits
    if scores.ndim != 2 or scores.shape[1] < 2 or len(scores) == 0:
        raise ValueError("logits do not fit")
    n, k = scores.shape
    if target.shape != (n,):
        raise ValueError("target does not fit")
    if target.min() < 0 or target.max() >= k:
        raise ValueError("a target is no class")
    if gamma < 0:
        raise ValueError("gamma is negative")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError("unknown reduction")
    alpha_t = class_alpha(alpha, k, binary, scores)[target]
    entropy = functional.cross_entropy(scores, target, reduction="none")
    losses = alpha_t * (1 - torch.exp(-entropy)) ** gamma * entropy
    if reduction == "mean":
        return losses.mean()
    return losses.sum() if reduction == "sum" else losses
