"""Draws straight from the generator's normal and uniform distributions, in float64."""

import math

import numpy as np


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: np.random.Generator
) -> np.ndarray:
    """Weights (C_out, C_in) or (C_out, C_in / groups, k_1, ...) with the variance of the scheme."""
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"no layer has weights of shape {shape}")
    kernel_positions = math.prod(shape[2:])
    fan_in = shape[1] * kernel_positions
    fan_out = shape[0] * kernel_positions

    if scheme == "he":
        variance = 2 / ((1 + a**2) * fan_in)
    elif scheme == "xavier":
        variance = 2 / (fan_in + fan_out)
    else:
        raise ValueError(f"unknown scheme {scheme!r}")

    if distribution == "normal":
        return rng.normal(0.0, math.sqrt(variance), shape)
    if distribution == "uniform":
        bound = math.sqrt(3 * variance)  # a uniform distribution on [-b, b] has variance b^2 / 3
        return rng.uniform(-bound, bound, shape)
    raise ValueError(f"unknown distribution {distribution!r}")
