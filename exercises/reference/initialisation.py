"""Initial weights of layers: He and others, 2015, and Glorot and Bengio, 2010 (called Xavier), in NumPy."""

from math import prod, sqrt

import numpy as np

SCHEMES = ("he", "xavier")
DISTRIBUTIONS = ("normal", "uniform")


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Fan-in and fan-out of weights (C_out, C_in / groups, k_1, ...), or (C_out, C_in) of a dense layer.

    The fan-in is what one output sums over; the fan-out is taken as C_out times the kernel positions, as
    PyTorch does whatever the groups. Raises ValueError for fewer than two axes and for an empty one.
    """
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"shape must have at least two entries of at least 1, not {shape!r:.60}")
    positions = prod(shape[2:])
    return shape[1] * positions, shape[0] * positions


def init_variance(shape: tuple[int, ...], scheme: str, a: float = 0.0) -> float:
    """Variance of a weight: 2 / ((1 + a**2) fan_in) for "he", 2 / (fan_in + fan_out) for "xavier".

    `a` is the slope of a leaky ReLU for negative values. Raises ValueError as `fans` does, and for another
    scheme.
    """
    fan_in, fan_out = fans(shape)
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}, not {scheme!r:.40}")
    return 2 / ((1 + a**2) * fan_in) if scheme == "he" else 2 / (fan_in + fan_out)


def init_weights(
    shape: tuple[int, ...], scheme: str, distribution: str, a: float, rng: np.random.Generator
) -> np.ndarray:
    """Independent weights of mean 0 and `init_variance`, in float64; the uniform bound is sqrt(3 variance).

    Raises ValueError as `init_variance` does, and for another distribution.
    """
    variance = init_variance(shape, scheme, a)
    if distribution not in DISTRIBUTIONS:
        raise ValueError(f"distribution must be one of {', '.join(DISTRIBUTIONS)}, not {distribution!r:.40}")
    if distribution == "normal":
        return sqrt(variance) * rng.standard_normal(shape)
    return rng.uniform(-sqrt(3 * variance), sqrt(3 * variance), shape)
