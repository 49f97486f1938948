import numpy as np


def conv1d_text(emb: np.ndarray, w: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Convolve emb (N, L, D) with filters w (F, D, k) over the tokens, add b (F,), ReLU, maximum over time.

    Windows that touch a token whose mask (N, L) is False do not count. Returns (N, F) in the dtype of emb.
    Raises ValueError for bad input.
    """
    n, length, _ = emb.shape  # unpacking and matrix products raise the other ValueErrors
    filters, _, k = w.shape
    if b.shape != (filters,):
        raise ValueError(f"b needs shape ({filters},), got {b.shape}")
    if mask is None:
        mask = np.ones((n, length), dtype=bool)
    if mask.shape != (n, length):
        raise ValueError(f"mask needs shape {(n, length)}, got {mask.shape}")

    windows = length - k + 1  # below zero NumPy refuses it, at zero no row has one
    scores = np.zeros((n, windows, filters), dtype=emb.dtype)
    valid = np.ones((n, windows), dtype=bool)
    for j in range(k):  # the j-th tokens of all windows
        scores += emb[:, j : j + windows] @ w[:, :, j].T
        valid &= mask[:, j : j + windows]
    if not valid.any(axis=1).all():
        raise ValueError("a row has no window without padding")
    scores[~valid] = -np.inf
    return np.maximum(scores.max(axis=1) + b, 0)  # bias and ReLU may wait: both keep the order
