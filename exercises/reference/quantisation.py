"""Affine quantisation to signed integers (Jacob and others, 2018; Krishnamoorthi, 2018), in NumPy."""

import numpy as np

MODES = ("affine", "symmetric")
BITS = (2, 16)


def levels(mode: str, bits: int) -> tuple[int, int]:
    """The least and the largest level: all 2**bits of them in affine mode, one less in symmetric mode.

    Raises ValueError for another mode and for bits outside `BITS`.
    """
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}, not {mode!r:.40}")
    if isinstance(bits, bool) or not isinstance(bits, (int, np.integer)) or not BITS[0] <= bits <= BITS[1]:
        raise ValueError(f"bits must be an integer from {BITS[0]} to {BITS[1]}, not {bits!r:.40}")
    most = 2 ** (int(bits) - 1) - 1
    return (-most - 1 if mode == "affine" else -most), most


def quantize(
    x: np.ndarray, mode: str, axis: int | None, bits: int = 8
) -> tuple[np.ndarray, np.ndarray | float, np.ndarray | int]:
    """Integers q that stand for (q - zero_point) * scale, for the whole array or each index along an axis.

    x of any shape; gives q of that shape in int8 (up to 8 bits) or int16, scale and zero point: a number
    each, or (C,) with an axis. Affine mode spreads the range of x and zero over all levels, symmetric mode
    the range of +-max|x| with zero point 0; ranges that hold only zero get the scale 1. Ties are rounded to
    even. Raises ValueError for a bad mode, bits or axis, and for x that is empty or not finite.
    """
    least, most = levels(mode, bits)
    x = np.asarray(x)
    if x.size == 0 or not np.isfinite(x).all():
        raise ValueError("x must hold finite numbers, and at least one")
    rows = _rows(x.astype(np.float64), axis)
    low, high = np.minimum(rows.min(axis=1), 0), np.maximum(rows.max(axis=1), 0)
    if mode == "symmetric":
        high = np.maximum(high, -low)
        low = -high
    scale = (high - low) / (most - least)
    scale[scale == 0] = 1.0
    zero = np.rint(least - low / scale).astype(np.int64) if mode == "affine" else np.zeros(len(scale), int)
    found = np.clip(np.rint(rows / scale[:, None]) + zero[:, None], least, most)
    q = _unrowed(found.astype(np.int8 if bits <= 8 else np.int16), x.shape, axis)
    return (q, float(scale[0]), int(zero[0])) if axis is None else (q, scale, zero)


def dequantize(
    q: np.ndarray, scale: np.ndarray | float, zero_point: np.ndarray | int, axis: int | None = None
) -> np.ndarray:
    """The numbers (q - zero_point) * scale in float64, in the shape of q; with an axis, scale is (C,).

    Raises ValueError for an axis that q does not have.
    """
    q = np.asarray(q)
    rows = _rows(q.astype(np.int64), axis)
    restored = (rows - np.reshape(zero_point, (-1, 1))) * np.reshape(scale, (-1, 1))
    return _unrowed(restored, q.shape, axis)


def _rows(x: np.ndarray, axis: int | None) -> np.ndarray:
    """What shares a scale as one row: (1, size), or (C, everything else) with an axis."""
    if axis is None:
        return x.reshape(1, -1)
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(f"axis {axis} is not one of the {x.ndim} axes of x")
    return np.moveaxis(x, axis, 0).reshape(x.shape[axis], -1)


def _unrowed(rows: np.ndarray, shape: tuple[int, ...], axis: int | None) -> np.ndarray:
    if axis is None:
        return rows.reshape(shape)
    others = [n for index, n in enumerate(shape) if index != axis % len(shape)]
    return np.ascontiguousarray(np.moveaxis(rows.reshape(len(rows), *others), 0, axis))
