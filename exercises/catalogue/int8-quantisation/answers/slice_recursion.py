"""One scale for the whole array as the base case; an axis is a loop over slices of that case."""

import numpy as np


def round_half_up(x: np.ndarray) -> np.ndarray:
    return np.floor(x + 0.5)


def quantize(
    x: np.ndarray, mode: str, axis: int | None, bits: int = 8
) -> tuple[np.ndarray, np.ndarray | float, np.ndarray | int]:
    """Quantise floats to signed integers of some bits, with one scale or one for each index along an axis."""
    if mode != "affine" and mode != "symmetric":
        raise ValueError("mode has to be affine or symmetric")
    if bits < 2 or bits > 16:
        raise ValueError("bits have to be from 2 to 16")
    if x.size == 0:
        raise ValueError("x is empty")
    if not np.all(np.isfinite(x)):
        raise ValueError("x holds NaN or infinity")

    if axis is not None:
        if axis not in range(-x.ndim, x.ndim):
            raise ValueError(f"axis {axis} of an array with {x.ndim} axes")
        slices = [quantize(one, mode, None, bits) for one in np.moveaxis(x, axis, 0)]
        q, scale, zero_point = zip(*slices, strict=True)
        return np.stack(q, axis=axis), np.array(scale), np.array(zero_point)

    q_max = 2 ** (bits - 1) - 1
    if mode == "symmetric":
        q_min = -q_max
        hi = float(abs(x).max())
        lo = -hi
    else:
        q_min = -q_max - 1
        hi = max(0.0, float(x.max()))
        lo = min(0.0, float(x.min()))
    scale = (hi - lo) / (q_max - q_min) if hi > lo else 1.0
    zero_point = 0 if mode == "symmetric" else round(q_min - lo / scale)
    levels = round_half_up(x.astype(np.float64) / scale) + zero_point
    q = np.minimum(np.maximum(levels, q_min), q_max)
    return q.astype(np.int16 if bits > 8 else np.int8), scale, zero_point


def dequantize(
    q: np.ndarray, scale: np.ndarray | float, zero_point: np.ndarray | int, axis: int | None = None
) -> np.ndarray:
    """The floats (q - zero_point) * scale that the integers stand for, in the shape of q."""
    if axis is None:
        return scale * (q.astype(np.int64) - zero_point)
    channels = zip(np.moveaxis(q, axis, 0), scale, zero_point, strict=True)
    return np.stack([dequantize(*channel) for channel in channels], axis=axis)
