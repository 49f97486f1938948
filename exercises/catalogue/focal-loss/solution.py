import numpy as np


def log_sum(scores: np.ndarray) -> np.ndarray:
    """log(sum(exp(scores))) of each row; entries of minus infinity count nothing."""
    top = scores.max(axis=1)
    return top + np.log(np.exp(scores - top[:, None]).sum(axis=1))


def check(scores: np.ndarray, target: np.ndarray, gamma: float, reduction: str) -> None:
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ValueError(f"logits have shape {scores.shape}")
    if target.shape != scores.shape[:1]:
        raise ValueError(f"target has shape {target.shape} for {len(scores)} samples")
    # min of no targets at all is a ValueError already
    if target.min() < 0 or target.max() >= scores.shape[1]:
        raise ValueError(f"targets must be from 0 to {scores.shape[1] - 1}")
    if gamma < 0:
        raise ValueError(f"gamma must not be negative, got {gamma}")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"unknown reduction {reduction!r}")


def class_weights(alpha: float | np.ndarray | None, classes: int, binary: bool) -> np.ndarray:
    """The factor of each class."""
    if alpha is None:
        return np.ones(classes)
    weights = np.asarray(alpha)
    if weights.ndim == 0:
        weights = np.array([1 - weights, weights]) if binary else np.full(classes, weights)
    if weights.shape != (classes,) or weights.min() < 0:
        raise ValueError(f"alpha {alpha} does not fit {classes} classes")
    return weights


def focal_loss(
    logits: np.ndarray,
    target: np.ndarray,
    gamma: float = 2.0,
    alpha: float | np.ndarray | None = None,
    reduction: str = "mean",
) -> float | np.ndarray:
    """Focal loss of logits (N, K), softmax, or (N,), sigmoid, for integer targets (N,).

    alpha weights the classes, see the statement. Returns (N,) losses for reduction "none", one number for
    "mean" and "sum". Raises ValueError for bad input.
    """
    binary = logits.ndim == 1
    # sigmoid(z) is the second probability of a softmax over (0, z)
    scores = np.stack([np.zeros_like(logits), logits], axis=1) if binary else logits
    check(scores, target, gamma, reduction)
    alpha_t = class_weights(alpha, scores.shape[1], binary)[target]
    samples = np.arange(len(scores))
    others = scores.copy()
    others[samples, target] = -np.inf
    total = log_sum(scores)
    log_p = scores[samples, target] - total
    log_rest = log_sum(others) - total  # log(1 - p), without 1 - p
    losses = (-alpha_t * np.exp(gamma * log_rest) * log_p).astype(logits.dtype)
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()
