"""You drew one kernel for each output channel and repeated it for all inputs.

The variance looks right, but the weights of one output are equal, so its sum does not behave like one of
independent terms. Draw a number of its own for every entry of the shape.
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
        one = rng.normal(0.0, sqrt(variance), (shape[0], 1, *shape[2:]))
        return np.repeat(one, shape[1], axis=1)
    if distribution == "uniform":
        bound = sqrt(3 * variance)
        return np.repeat(rng.uniform(-bound, bound, (shape[0], 1, *shape[2:])), shape[1], axis=1)
    raise ValueError(f"unknown distribution {distribution!r}")
