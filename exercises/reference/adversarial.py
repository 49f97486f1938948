"""Adversarial images in the max-norm, in NumPy."""

from collections.abc import Callable

import numpy as np

Gradient = Callable[[np.ndarray], np.ndarray]


def attack(
    gradient: Gradient, x: np.ndarray, eps: float, alpha: float, steps: int, targeted: bool = False
) -> np.ndarray:
    """Projected gradient steps: x' = clip(x' +- alpha * sign(gradient(x'))) from x, `steps` times.

    x of any shape with values in [0, 1]; `gradient` gives the loss's gradient at such an array. Clipping is
    to [x - eps, x + eps] and [0, 1]. Targeted steps descend. One step with alpha = eps is the fast gradient
    sign method (Goodfellow, Shlens and Szegedy, 2015); several are PGD without a random start (Madry and
    others, 2018). Raises ValueError for eps or alpha below 0 and steps below 1.
    """
    if eps < 0 or alpha < 0 or steps < 1:
        raise ValueError(
            f"need eps >= 0, alpha >= 0, steps >= 1, not {eps!r:.40}, {alpha!r:.40}, {steps!r:.40}"
        )
    direction = -alpha if targeted else alpha
    low, high = np.maximum(x - eps, 0), np.minimum(x + eps, 1)
    images = x
    for _ in range(steps):
        images = np.clip(images + direction * np.sign(gradient(images)), low, high)
    return images
