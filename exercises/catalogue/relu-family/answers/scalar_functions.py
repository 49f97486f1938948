"""A table of scalar functions from the math module, applied in a plain loop."""

import math

import numpy as np


def rectifier(z: float, a: float) -> tuple[float, float]:
    return (z, 1.0) if z > 0 else (a * z, a)


def elu(z: float, a: float) -> tuple[float, float]:
    return (z, 1.0) if z > 0 else (a * math.expm1(z), a * math.exp(z))


def silu(z: float, a: float) -> tuple[float, float]:
    sigma = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
    return z * sigma, sigma * (1 + z * (1 - sigma))


def gelu(z: float, a: float) -> tuple[float, float]:
    cdf = 0.5 * (1 + math.erf(z / math.sqrt(2)))
    pdf = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return z * cdf, cdf + z * pdf


FUNCTIONS = {
    "relu": lambda z, a: rectifier(z, 0.0),
    "leaky_relu": rectifier,
    "prelu": rectifier,
    "elu": elu,
    "silu": silu,
    "gelu": gelu,
}


def activation(x: np.ndarray, kind: str, a: float) -> tuple[np.ndarray, np.ndarray]:
    """Value and slope of the activation function `kind`, element by element."""
    if kind not in FUNCTIONS:
        raise ValueError(f"unknown activation {kind!r}")
    if a < 0:
        raise ValueError(f"a must not be negative, got {a}")
    y, slope = np.empty(x.shape, x.dtype), np.empty(x.shape, x.dtype)
    for index, z in np.ndenumerate(x):
        y[index], slope[index] = FUNCTIONS[kind](float(z), a)
    return y, slope
