"""NumPy in float64: softplus of the margin between the target and all other classes."""

import numpy as np


def softplus(z: np.ndarray) -> np.ndarray:
    return np.logaddexp(0.0, z)


def class_alphas(alpha: float | np.ndarray | None, k: int, binary: bool) -> np.ndarray:
    """The weight of each class, (K,)."""
    if alpha is None:
        return np.ones(k)
    if np.ndim(alpha) == 0:
        if alpha < 0 or (binary and alpha > 1):
            raise ValueError(f"alpha is out of range: {alpha}")
        return np.array([1 - alpha, alpha]) if binary else np.full(k, float(alpha))
    if alpha.shape != (k,) or (alpha < 0).any():
        raise ValueError(f"alpha must hold {k} numbers, none negative")
    return alpha.astype(np.float64)


def focal_loss(
    logits: np.ndarray,
    target: np.ndarray,
    gamma: float = 2.0,
    alpha: float | np.ndarray | None = None,
    reduction: str = "mean",
) -> float | np.ndarray:
    """Focal loss of logits (N, K) or (N,) for integer targets (N,)."""
    if logits.ndim not in (1, 2) or len(logits) == 0:
        raise ValueError(f"logits must be (N,) or (N, K), got {logits.shape}")
    binary = logits.ndim == 1
    k = 2 if binary else logits.shape[1]
    if k < 2:
        raise ValueError("there must be at least two classes")
    if target.shape != logits.shape[:1] or target.min() < 0 or target.max() >= k:
        raise ValueError(f"target must hold one class index below {k} for each sample")
    if gamma < 0:
        raise ValueError(f"gamma must not be negative, got {gamma}")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"unknown reduction {reduction!r}")
    weight = class_alphas(alpha, k, binary)[target]

    z = logits.astype(np.float64)
    if binary:
        margin = np.where(target == 1, z, -z)
    else:
        is_target = np.arange(k) == target[:, None]
        others = np.logaddexp.reduce(np.where(is_target, -np.inf, z), axis=1)
        margin = z[is_target] - others
    # p_t is the sigmoid of the margin: -log(p_t) = softplus(-margin), -log(1 - p_t) = softplus(margin)
    loss = weight * np.exp(-gamma * softplus(margin)) * softplus(-margin)

    if reduction == "none":
        return loss.astype(logits.dtype)
    return float(loss.mean() if reduction == "mean" else loss.sum())
