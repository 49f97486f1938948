"""Checking gradients by central differences."""

from collections.abc import Callable, Sequence

import numpy as np

FLOOR = 1e-3


def gradient_errors(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    grad: np.ndarray,
    entries: Sequence[tuple[int, ...]],
    eps: float = 1e-5,
    floor: float = FLOOR,
) -> np.ndarray:
    """Relative error of an analytic gradient at these entries of x: |g - d| / max(|g|, |d|, floor).

    d is the central difference (f(x + eps) - f(x - eps)) / (2 eps) in one entry, whose error is of the order
    eps**2 (Press and others, "Numerical Recipes", 2007, section 5.7). x float64, grad of its shape; gives an
    array (len(entries),), infinite where g or d is not finite. Raises ValueError for another dtype or shape
    and for eps that is not above 0.
    """
    x, grad = np.asarray(x), np.asarray(grad)
    if x.dtype != np.float64:
        raise ValueError(f"x must be float64, not {x.dtype}")
    if grad.shape != x.shape:
        raise ValueError(f"grad must have shape {x.shape}, not {grad.shape}")
    if not eps > 0:
        raise ValueError(f"eps must be above 0, not {eps!r:.40}")
    numeric = np.array([_slope(f, x, entry, eps) for entry in entries])
    analytic = np.array([grad[entry] for entry in entries], dtype=np.float64)
    largest = np.maximum(np.maximum(np.abs(analytic), np.abs(numeric)), floor)
    with np.errstate(invalid="ignore"):
        errors = np.abs(analytic - numeric) / largest
    return np.where(np.isfinite(errors), errors, np.inf)


def _slope(f: Callable[[np.ndarray], float], x: np.ndarray, entry: tuple[int, ...], eps: float) -> float:
    above, below = x.copy(), x.copy()
    above[entry] += eps
    below[entry] -= eps
    return (float(f(above)) - float(f(below))) / (2 * eps)
