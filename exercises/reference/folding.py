"""Batch norm in evaluation mode as part of the convolution before it, in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def fold_bn(
    weight: np.ndarray,
    bias: np.ndarray | None,
    mean: np.ndarray,
    var: np.ndarray,
    gamma: np.ndarray | None = None,
    beta: np.ndarray | None = None,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray]:
    """Weight and bias of the convolution that does what conv2d and then batch_norm in evaluation do.

    weight (C_out, C_in/groups, kh, kw), all others (C_out,) or None for 0 (bias, beta) and 1 (gamma). With
    scale = gamma / sqrt(var + eps): weight * scale and beta + (bias - mean) * scale (Jacob and others, 2018,
    section 3.2). Raises ValueError for wrong shapes.
    """
    weight = rank("weight", weight, "C_out, C_in/groups, kh, kw")
    channels = len(weight)
    found = {
        name: np.full(channels, default) if value is None else np.asarray(value)
        for name, value, default in (
            ("bias", bias, 0.0),
            ("mean", mean, 0.0),
            ("var", var, 1.0),
            ("gamma", gamma, 1.0),
            ("beta", beta, 0.0),
        )
    }
    for name, value in found.items():
        if value.shape != (channels,):
            raise ValueError(f"{name} must have shape ({channels},), not {value.shape}")
    scale = found["gamma"] / np.sqrt(found["var"] + eps)
    return weight * scale[:, None, None, None], found["beta"] + (found["bias"] - found["mean"]) * scale
