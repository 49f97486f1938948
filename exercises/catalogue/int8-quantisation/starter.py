import numpy as np


def quantize(
    x: np.ndarray, mode: str, axis: int | None, bits: int = 8
) -> tuple[np.ndarray, np.ndarray | float, np.ndarray | int]:
    """Quantise floats to signed integers of some bits, with one scale or one for each index along an axis.

    Returns q, scale and zero point. Raises ValueError for an unknown mode, bits outside 2 to 16, an empty x,
    NaN or infinity in it, and an axis that x does not have.
    """
    raise NotImplementedError


def dequantize(
    q: np.ndarray, scale: np.ndarray | float, zero_point: np.ndarray | int, axis: int | None = None
) -> np.ndarray:
    """The floats (q - zero_point) * scale that the integers stand for, in the shape of q."""
    raise NotImplementedError
