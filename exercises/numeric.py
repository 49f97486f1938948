"""Gradients by central differences, in float64: to check analytic ones without trusting any."""

from collections.abc import Callable

import numpy as np

STEP = 6e-6  # about the cube root of the float64 resolution, which balances truncation and rounding


def gradient(function: Callable[[np.ndarray], float], at: np.ndarray, step: float = STEP) -> np.ndarray:
    """d function / d at, entry by entry, of a function that gives a number; 2*at.size evaluations.

    The error is about step**2 times the third derivative plus 1e-16/step times the function's value: 1e-10
    for values and derivatives of about 1.
    """
    point = np.array(at, dtype=np.float64)
    found = np.empty_like(point)
    for index in np.ndindex(point.shape):
        kept = float(point[index])
        width = step * max(1.0, abs(kept))
        point[index] = kept + width
        above = function(point.copy())
        point[index] = kept - width
        below = function(point.copy())
        point[index] = kept
        found[index] = (above - below) / (2 * width)
    return found
