"""Extremes with keepdims, so that one formula serves the whole array and single channels."""

import numpy as np


def quantize(
    x: np.ndarray, mode: str, axis: int | None, bits: int = 8
) -> tuple[np.ndarray, np.ndarray | float, np.ndarray | int]:
    """Quantise floats to signed integers of some bits, with one scale or one for each index along an axis."""
    if mode not in ("affine", "symmetric"):
        raise ValueError(f"unknown mode {mode!r}")
    if not 2 <= bits <= 16:
        raise ValueError(f"{bits} bits are not between 2 and 16")
    if x.size == 0 or not np.isfinite(x).all():
        raise ValueError("x has to have values, and all of them finite")
    if axis is not None and not -x.ndim <= axis < x.ndim:
        raise ValueError(f"x has no axis {axis}")

    x = x.astype(np.float64)
    others = None if axis is None else tuple(i for i in range(x.ndim) if i != axis % x.ndim)
    q_max = 2 ** (bits - 1) - 1
    if mode == "affine":
        q_min = -q_max - 1
        lo = np.minimum(x.min(axis=others, keepdims=True), 0)
        hi = np.maximum(x.max(axis=others, keepdims=True), 0)
        scale = (hi - lo) / (q_max - q_min)
        scale[scale == 0] = 1
        zero_point = np.rint(q_min - lo / scale).astype(int)
    else:
        q_min = -q_max
        scale = np.abs(x).max(axis=others, keepdims=True) / q_max
        scale[scale == 0] = 1
        zero_point = np.zeros(scale.shape, int)

    levels = np.clip(np.rint(x / scale) + zero_point, q_min, q_max)
    q = levels.astype(np.int8 if bits <= 8 else np.int16)
    if axis is None:
        return q, scale.item(), zero_point.item()
    return q, scale.ravel(), zero_point.ravel()


def dequantize(
    q: np.ndarray, scale: np.ndarray | float, zero_point: np.ndarray | int, axis: int | None = None
) -> np.ndarray:
    """The floats (q - zero_point) * scale that the integers stand for, in the shape of q."""
    if axis is not None:
        along_axis = [1] * q.ndim
        along_axis[axis] = -1
        scale = np.reshape(scale, along_axis)
        zero_point = np.reshape(zero_point, along_axis)
    return (q.astype(np.float64) - zero_point) * scale
