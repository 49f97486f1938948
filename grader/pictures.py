"""Pictures that a check shows of a visible case: the learner's beside the expected one, as small PNG files.

What the learner's code made may be of any sort, shape and value. Nothing here raises for it, and neither
time nor size of the outcome depends on it.
"""

import base64
import struct
import zlib
from typing import Any

import numpy as np

from exercises.candidate import array_of, is_picture
from exercises.describe import kind_of, shape_text
from grader import words

MOST = 4  # pairs in a case
SIDE = 256  # pixels
BYTES = 16_000  # of a PNG; noise in grey of 126 x 126 pixels
SAMPLED = 1024  # entries along an axis that are looked at
TITLE_CHARACTERS = 120


def pair(title: str, actual: Any, expected: Any) -> dict[str, Any]:
    """Two pictures as JSON: both in the grey levels, or colours, of the range of the expected one."""
    wanted, found = np.asarray(array_of(expected)), array_of(actual)
    problem = _problem(actual, found)
    low, high = float(np.min(wanted)), float(np.max(wanted))
    if problem or found is None:
        encoded = _fitting([wanted], low, high)
    elif found.shape[:2] == wanted.shape[:2]:
        encoded = _fitting([wanted, found], low, high)
    else:
        encoded = _fitting([wanted], low, high) + _fitting([found], low, high)
    return {
        "title": words.clean(title, TITLE_CHARACTERS),
        "low": float(f"{low:.6g}"),
        "high": float(f"{high:.6g}"),
        "expected": encoded[0],
        "actual": {"problem": problem} if problem else encoded[1],
    }


def _problem(actual: Any, found: np.ndarray | None) -> str:
    """Why this is no picture, in words; empty if it is one."""
    if found is None:
        return f"{kind_of(actual)} came back, which is no picture"
    if found.dtype.kind not in "biuf":
        return "an array that does not hold real numbers came back, which is no picture"
    if found.size == 0 or not is_picture(found.shape):
        return words.clean(f"an array of shape {shape_text(found.shape)} came back, which is no picture")
    return ""


def _fitting(arrays: list[np.ndarray], low: float, high: float) -> list[dict[str, Any]]:
    """All of them, made smaller by one whole factor until each is small enough."""
    longest = max(max(array.shape[:2]) for array in arrays)
    factor = -(-longest // SIDE)
    while True:
        files = [_png(_bytes(_smaller(array, factor), low, high)) for array in arrays]
        if max(len(file) for file in files) <= BYTES:
            break
        factor += max(1, factor // 4)
    return [_entry(array, file, factor) for array, file in zip(arrays, files, strict=True)]


def _entry(array: np.ndarray, file: bytes, factor: int) -> dict[str, Any]:
    return {
        "height": int(array.shape[0]),
        "width": int(array.shape[1]),
        "channels": int(array.shape[2]) if array.ndim == 3 else 1,
        "factor": factor,
        "strange": int(array.size - np.isfinite(array).sum()),
        "png": base64.b64encode(file).decode("ascii"),
    }


def _smaller(array: np.ndarray, factor: int) -> np.ndarray:
    """The means over blocks of `factor` x `factor`; of very large pictures over some entries of each."""
    steps = [max(1, size // SAMPLED) for size in array.shape[:2]]
    some = array[:: steps[0], :: steps[1]].astype(np.float64)
    for axis, size in enumerate(array.shape[:2]):
        starts = np.arange(0, size, factor) // steps[axis]
        edges = np.unique(np.minimum(starts, some.shape[axis] - 1))
        counts = np.diff(np.append(edges, some.shape[axis]))
        with np.errstate(all="ignore"):
            sums = np.add.reduceat(some, edges, axis=axis)
            some = sums / counts.reshape([-1 if other == axis else 1 for other in range(some.ndim)])
    return some


def _bytes(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """From 0 (`low` and below, and NaN) to 255 (`high` and above); a constant is grey."""
    with np.errstate(all="ignore"):
        share = (values / 2 - low / 2) / (high / 2 - low / 2) if high > low else values - low + 0.5
        share = np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0)
        return np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)


def _png(pixels: np.ndarray) -> bytes:
    """A picture of 8 bits a channel as a PNG file (ISO/IEC 15948)."""
    height, width = pixels.shape[:2]
    colour = 2 if pixels.ndim == 3 else 0
    rows = np.zeros((height, 1 + pixels[0].size), np.uint8)  # each row begins with its filter, 0: none
    rows[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
