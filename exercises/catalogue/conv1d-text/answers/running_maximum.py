"""A loop over window starts with a running maximum, which begins at 0 and so contains the ReLU."""

import numpy as np


def conv1d_text(emb: np.ndarray, w: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """The largest positive filter response over the valid windows of each sentence."""
    if emb.ndim != 3 or w.ndim != 3:
        raise ValueError("emb must be (N, L, D) and w (F, D, k)")
    batch, length, depth = emb.shape
    filters, _, width = w.shape
    if w.shape[1] != depth:
        raise ValueError("the filters do not fit the embeddings")
    if b.shape != (filters,):
        raise ValueError("b must be (F,)")
    if mask is None:
        mask = np.ones((batch, length), dtype=bool)
    if mask.shape != (batch, length):
        raise ValueError("mask must be (N, L)")
    if length < width:
        raise ValueError("the sentences are shorter than the filters")

    kernel = w.transpose(2, 1, 0).reshape(width * depth, filters)  # rows in the order of a window: j, then d
    best = np.zeros((batch, filters), dtype=emb.dtype)
    found = np.zeros(batch, dtype=bool)
    for start in range(length - width + 1):
        valid = mask[:, start : start + width].all(axis=1)
        window = emb[valid, start : start + width].reshape(-1, width * depth)
        best[valid] = np.maximum(best[valid], window @ kernel + b)
        found |= valid
    if not found.all():
        raise ValueError("a sentence has no valid window")
    return best
