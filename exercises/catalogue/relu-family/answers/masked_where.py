"""Vectorised branches with np.where, computed in float64."""

import math

import numpy as np

KINDS = ("relu", "leaky_relu", "prelu", "elu", "silu", "gelu")


def activation(x: np.ndarray, kind: str, a: float) -> tuple[np.ndarray, np.ndarray]:
    """Value and slope of the activation function `kind`, element by element."""
    if kind not in KINDS:
        raise ValueError(f"unknown activation {kind!r}")
    if a < 0:
        raise ValueError(f"a must not be negative, got {a}")

    z = x.astype(np.float64)
    if kind == "silu":
        small = np.exp(-np.abs(z))  # never above 1
        sigma = np.where(z >= 0, 1.0, small) / (1 + small)
        y = z * sigma
        slope = sigma + y * (1 - sigma)
    elif kind == "gelu":
        cdf = np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in z.flat]).reshape(z.shape)
        pdf = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        y = z * cdf
        slope = cdf + z * pdf
    elif kind == "elu":
        left = np.minimum(z, 0)
        y = np.where(z > 0, z, a * np.expm1(left))
        slope = np.where(z > 0, 1.0, a * np.exp(left))
    else:
        slope = np.where(z > 0, 1.0, 0.0 if kind == "relu" else a)
        y = slope * z
    return y.astype(x.dtype), slope.astype(x.dtype)
