"""Your mean divides by the sum of the weights `alpha_t`.

Frameworks do so for weighted cross-entropy, but here `"mean"` divides by the number of samples, with
`alpha` too. With one sample alone, `alpha` would have no effect at all.
"""

import numpy as np


def class_alpha(alpha, k, binary):
    if alpha is None:
        return np.ones(k)
    alpha = np.asarray(alpha, dtype=float)
    if alpha.ndim == 0:
        alpha = np.array([1 - alpha, alpha]) if binary else np.full(k, alpha)
    if alpha.shape != (k,) or (alpha < 0).any():
        raise ValueError("alpha does not fit")
    return alpha


def focal_loss(logits, target, gamma=2.0, alpha=None, reduction="mean"):
    binary = logits.ndim == 1
    scores = np.stack([np.zeros_like(logits), logits], axis=1) if binary else logits
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
    alpha_t = class_alpha(alpha, k, binary)[target]
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    log_pt = log_p[np.arange(n), target]
    losses = -alpha_t * (1 - np.exp(log_pt)) ** gamma * log_pt
    losses = losses.astype(logits.dtype)
    if reduction == "mean":
        return losses.sum() / alpha_t.sum()
    return losses.sum() if reduction == "sum" else losses
