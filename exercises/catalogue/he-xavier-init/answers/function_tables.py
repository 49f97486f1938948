"""Two tables of functions: variances by scheme, and draws of variance 1 by distribution, in float32."""

import math

import numpy as np

VARIANCE = {
    "he": lambda fan_in, fan_out, a: 2 / ((1 + a * a) * fan_in),
    "xavier": lambda fan_in, fan_out, a: 2 / (fan_in + fan_out),
}

UNIT_DRAW = {
    "normal": lambda rng, shape: rng.standard_normal(shape, dtype=np.float32),
    # from [0, 1), of variance 1/12, to [-sqrt(3), sqrt(3)), of variance 1
    "uniform": lambda rng, shape: (
        (rng.random(shape, dtype=np.float32) - np.float32(0.5)) * np.float32(math.sqrt(12))
    ),
}


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: np.random.Generator
) -> np.ndarray:
    """Weights (C_out, C_in) or (C_out, C_in / groups, k_1, ...) with the variance of the scheme."""
    if scheme not in VARIANCE or distribution not in UNIT_DRAW:
        raise ValueError(f"unknown scheme {scheme!r} or distribution {distribution!r}")
    if len(shape) < 2 or any(size < 1 for size in shape):
        raise ValueError("a shape needs two entries or more, all at least 1")
    C_out, C_in, *kernel = shape
    positions = math.prod(kernel)
    variance = VARIANCE[scheme](C_in * positions, C_out * positions, a)
    return UNIT_DRAW[distribution](rng, shape) * np.float32(math.sqrt(variance))
