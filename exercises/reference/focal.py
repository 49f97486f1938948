"""Focal loss (Lin and others, 2017) from logits, in NumPy."""

import numpy as np

REDUCTIONS = ("none", "mean", "sum")
Alpha = float | np.ndarray | None


def focal_loss(
    logits: np.ndarray,
    target: np.ndarray,
    gamma: float = 2.0,
    alpha: Alpha = None,
    reduction: str = "mean",
) -> np.ndarray:
    """-alpha_t (1 - p_t)^gamma log(p_t) for integer targets (N,); in the dtype of logits.

    Logits (N, K) mean softmax, logits (N,) the sigmoid of one logit: p of target 1. `alpha` of shape (K,)
    weights by the target's class; a number weights target 1 by alpha and target 0 by 1 - alpha for logits
    (N,), and every sample alike otherwise. Reductions: "none" (N,), "mean" over N, "sum". Raises ValueError
    for targets or an alpha that do not fit, gamma < 0, K < 2 and an unknown reduction.
    """
    logits, target = np.asarray(logits), np.asarray(target)
    binary = logits.ndim == 1
    scores = _two_columns(logits) if binary else logits
    _check(scores, target, gamma, reduction)
    weights = _class_weights(alpha, scores.shape[1], binary)
    hit = np.arange(scores.shape[1]) == target[:, None]
    total = _log_sum(scores)
    log_p = _log_sum(np.where(hit, scores, -np.inf)) - total
    log_rest = _log_sum(np.where(hit, -np.inf, scores)) - total  # log(1 - p_t), exact where p_t is nearly 1
    losses = (-weights[target] * np.exp(gamma * log_rest) * log_p).astype(logits.dtype, copy=False)
    return losses if reduction == "none" else losses.mean() if reduction == "mean" else losses.sum()


def _two_columns(z: np.ndarray) -> np.ndarray:
    """Logits of softmax over two classes that gives the same as the sigmoid of z."""
    return np.stack([np.zeros_like(z), z], axis=1)


def _log_sum(scores: np.ndarray) -> np.ndarray:
    """log(sum(exp(scores))) along the second axis; entries of minus infinity count nothing."""
    top = scores.max(axis=1)
    return top + np.log(np.exp(scores - top[:, None]).sum(axis=1))


def _check(scores: np.ndarray, target: np.ndarray, gamma: float, reduction: str) -> None:
    if scores.ndim != 2 or scores.shape[1] < 2 or len(scores) == 0:
        raise ValueError(f"logits must have shape (N,) or (N, K) with K > 1, not {scores.shape}")
    if target.shape != scores.shape[:1]:
        raise ValueError(f"target must have shape {scores.shape[:1]}, not {target.shape}")
    if target.min() < 0 or target.max() >= scores.shape[1]:
        raise ValueError(f"targets must be from 0 to {scores.shape[1] - 1}")
    if gamma < 0:
        raise ValueError(f"gamma must not be negative: {gamma!r:.40}")
    if reduction not in REDUCTIONS:
        raise ValueError(f"reduction must be one of {', '.join(REDUCTIONS)}, not {reduction!r:.40}")


def _class_weights(alpha: Alpha, classes: int, binary: bool) -> np.ndarray:
    """The weight of each class."""
    if alpha is None:
        return np.ones(classes)
    weights = np.asarray(alpha, dtype=np.float64)
    if weights.ndim == 0:
        weights = np.array([1 - weights, weights]) if binary else np.full(classes, weights)
    if weights.shape != (classes,) or weights.min() < 0:
        raise ValueError(f"alpha must be a weight or {classes} weights, none of them negative")
    return weights
