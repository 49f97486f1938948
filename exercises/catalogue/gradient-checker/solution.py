from collections.abc import Callable

import numpy as np

FLOOR = 1e-3


def grad_check(
    f: Callable[[np.ndarray], float],
    x: np.ndarray,
    grad: np.ndarray,
    eps: float = 1e-5,
    samples: int = 20,
    seed: int = 0,
) -> float:
    """The largest relative error of grad against central differences of f at randomly chosen entries of x.

    x is float64, grad has its shape. Leaves x as it was. Raises ValueError for bad input.
    """
    if x.dtype != np.float64 or x.size == 0:
        raise ValueError(f"x must be float64 and not empty, got {x.dtype} of shape {x.shape}")
    if grad.shape != x.shape:
        raise ValueError(f"grad has shape {grad.shape}, x has {x.shape}")
    if not eps > 0 or samples < 1:
        raise ValueError(f"eps must be above 0 and samples at least 1, got {eps} and {samples}")

    chosen = np.random.default_rng(seed).choice(x.size, size=min(samples, x.size), replace=False)
    point = x.copy()
    largest = 0.0
    for entry in zip(*np.unravel_index(chosen, x.shape), strict=True):
        difference = central_difference(f, point, entry, eps)
        error = relative_error(float(grad[entry]), difference)
        if not np.isfinite(error):
            return float("inf")
        largest = max(largest, error)
    return largest


def central_difference(
    f: Callable[[np.ndarray], float], point: np.ndarray, entry: tuple[int, ...], eps: float
) -> float:
    """The slope of f along one entry of point, which is restored from the value that it had."""
    kept = point[entry]
    point[entry] = kept + eps
    above = f(point)
    point[entry] = kept - eps
    below = f(point)
    point[entry] = kept
    return (above - below) / (2 * eps)


def relative_error(analytic: float, numeric: float) -> float:
    """The distance of two slopes relative to the larger one; NaN where one of them is not finite."""
    return abs(analytic - numeric) / max(abs(analytic), abs(numeric), FLOOR)
