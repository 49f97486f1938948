"""Convolution over the tokens of sentences (Kim, 2014) in NumPy."""

import numpy as np

from exercises.reference.checking import rank


def conv1d_text(emb: np.ndarray, w: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Convolve emb (N, L, D) with w (F, D, k) over the tokens, add b (F,), ReLU, maximum over valid windows.

    A window is valid where the mask (N, L) is True for all k tokens. Gives (N, F) in the dtype of emb. Raises
    ValueError for shapes that do not fit, L < k, and a row without a valid window.
    """
    emb, w = rank("emb", emb, "N, L, D"), rank("w", w, "F, D, k")
    n, length, depth = emb.shape
    filters, _, k = w.shape
    if w.shape[1] != depth:
        raise ValueError(f"w must have depth {depth}, not {w.shape[1]}")
    if np.shape(b) != (filters,):
        raise ValueError(f"b must have shape ({filters},), not {np.shape(b)}")
    if length < k:
        raise ValueError(f"a filter over {k} tokens does not fit into {length}")
    valid = _valid(mask, (n, length), k)
    windows = np.lib.stride_tricks.sliding_window_view(emb, k, axis=1)  # (N, T, D, k)
    scores = np.where(valid[:, :, None], np.tensordot(windows, w, axes=([2, 3], [1, 2])) + b, -np.inf)
    return np.maximum(scores.max(axis=1), 0).astype(emb.dtype, copy=False)


def _valid(mask: np.ndarray | None, shape: tuple[int, int], k: int) -> np.ndarray:
    """Which windows (N, L - k + 1) hold real tokens only."""
    real = np.ones(shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if real.shape != shape:
        raise ValueError(f"mask must have shape {shape}, not {real.shape}")
    valid = np.asarray(np.lib.stride_tricks.sliding_window_view(real, k, axis=1).all(axis=-1))
    usable = np.asarray(valid.any(axis=1))
    if not usable.all():
        raise ValueError(f"row {int(np.argmin(usable))} has no window of real tokens")
    return valid
