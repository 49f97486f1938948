"""Functional style: a fresh array for each call, and the errors in one vector."""

from collections.abc import Callable

import numpy as np


def grad_check(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    grad: np.ndarray,
    eps: float = 1e-5,
    samples: int = 20,
    seed: int = 0,
) -> float:
    """The largest relative error of grad against central differences at randomly chosen entries of x."""
    if x.dtype != np.float64:
        raise ValueError(f"x must be float64, got {x.dtype}")
    if x.size < 1 or samples < 1:
        raise ValueError("there is no entry to check")
    if grad.shape != x.shape:
        raise ValueError(f"grad must have shape {x.shape}, got {grad.shape}")
    if eps <= 0:
        raise ValueError(f"eps must be above 0, got {eps}")

    def moved(entry: int, step: float) -> np.ndarray:
        flat = x.flatten()
        flat[entry] += step
        return flat.reshape(x.shape)

    entries = np.random.default_rng(seed).permutation(x.size)[:samples]
    values = np.array([[f(moved(entry, eps)), f(moved(entry, -eps))] for entry in entries], dtype=np.float64)
    analytic = grad.astype(np.float64).flatten()[entries]
    with np.errstate(invalid="ignore"):
        numeric = (values[:, 0] - values[:, 1]) / (2 * eps)
    if not np.isfinite([analytic, numeric]).all():
        return np.inf
    scale = np.maximum(np.abs([analytic, numeric]).max(axis=0), 1e-3)
    return float((np.abs(analytic - numeric) / scale).max())
