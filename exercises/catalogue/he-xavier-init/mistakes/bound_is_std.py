"""You drew uniform weights from minus to plus one standard deviation.

A uniform distribution on [-b, b] has the variance `b**2 / 3`. To get the right variance the bound must be
`sqrt(3)` times the standard deviation; yours gives a third of it.
"""

from math import prod, sqrt

import numpy as np


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: np.random.Generator
) -> np.ndarray:
    """Weights (C_out, C_in) or (C_out, C_in / groups, k_1, ...) with the variance of the scheme.

    Raises ValueError for an unknown scheme or distribution and for a shape that no layer has.
    """
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"no layer has weights of shape {shape}")
    positions = prod(shape[2:])
    fan_in, fan_out = shape[1] * positions, shape[0] * positions
    if scheme == "he":
        variance = 2 / ((1 + a**2) * fan_in)
    elif scheme == "xavier":
        variance = 2 / (fan_in + fan_out)
    else:
        raise ValueError(f"unknown scheme {scheme!r}")
    if distribution == "normal":
        return rng.normal(0.0, sqrt(variance), shape)
    if distribution == "uniform":
        bound = sqrt(variance)
        return rng.uniform(-bound, bound, shape)
    raise ValueError(f"unknown distribution {distribution!r}")
