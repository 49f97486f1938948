"""In `dequantize` you multiplied by the scale before subtracting the zero point.

The zero point is a level, not a value: subtract it from q first, and multiply the difference.
"""

import numpy as np


def other_axes(ndim: int, axis: int | None) -> tuple[int, ...] | None:
    """The axes over which values share a scale; None for all of them. Raises ValueError."""
    if axis is None:
        return None
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis {axis} is not one of {ndim} axes")
    return tuple(index for index in range(ndim) if index != axis % ndim)


def quantize(
    x: np.ndarray, mode: str, axis: int | None, bits: int = 8
) -> tuple[np.ndarray, np.ndarray | float, np.ndarray | int]:
    """Quantise floats to signed integers of some bits, with one scale or one for each index along an axis.

    Returns q, scale and zero point. Raises ValueError for an unknown mode, bits outside 2 to 16, an empty x,
    NaN or infinity in it, and an axis that x does not have.
    """
    if mode not in ("affine", "symmetric"):
        raise ValueError(f"unknown mode {mode!r}")
    if not 2 <= bits <= 16:
        raise ValueError(f"bits must be from 2 to 16, got {bits}")
    if x.size == 0 or not np.isfinite(x).all():
        raise ValueError("x is empty, or holds NaN or infinity")
    axes = other_axes(x.ndim, axis)
    most = 2 ** (bits - 1) - 1
    least = -most - 1 if mode == "affine" else -most

    low = np.minimum(x.min(axis=axes, keepdims=True), 0.0)
    high = np.maximum(x.max(axis=axes, keepdims=True), 0.0)
    if mode == "symmetric":
        high = np.maximum(high, -low)
        low = -high
    width = high - low
    scale = np.where(width == 0, 1.0, width / (most - least))
    zero_point = np.rint(least - low / scale) if mode == "affine" else np.zeros_like(scale)
    q = np.clip(np.rint(x / scale) + zero_point, least, most).astype(np.int8 if bits <= 8 else np.int16)

    zero_point = zero_point.astype(int)
    if axis is None:
        return q, scale.item(), zero_point.item()
    return q, scale.ravel(), zero_point.ravel()


def dequantize(
    q: np.ndarray, scale: np.ndarray | float, zero_point: np.ndarray | int, axis: int | None = None
) -> np.ndarray:
    """The floats (q - zero_point) * scale that the integers stand for, in the shape of q."""
    if axis is None:
        shape = ()
    else:
        shape = [1] * q.ndim
        shape[axis] = -1
    return q.astype(float) * np.reshape(scale, shape) - np.reshape(zero_point, shape)
