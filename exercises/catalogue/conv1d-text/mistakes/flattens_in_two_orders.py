"""You flattened windows and filters in different orders.

A window is (k, D), token by token, a filter (D, k); flattened as they are, each weight meets a wrong
number. Bring both into one order first, for example `w.transpose(0, 2, 1).reshape(F, -1)`.
"""

import numpy as np


def conv1d_text(emb, w, b, mask=None):
    if emb.ndim != 3 or w.ndim != 3:
        raise ValueError("emb and w need three axes")
    n, length, depth = emb.shape
    filters, channels, k = w.shape
    if channels != depth or b.shape != (filters,):
        raise ValueError("w or b does not fit")
    if length < k:
        raise ValueError("the sentences are too short")
    if mask is None:
        mask = np.ones((n, length), dtype=bool)
    if mask.shape != (n, length):
        raise ValueError("mask does not fit")
    valid = np.lib.stride_tricks.sliding_window_view(mask, k, axis=1).all(axis=2)
    if not valid.any(axis=1).all():
        raise ValueError("a row has no window")
    windows = np.lib.stride_tricks.sliding_window_view(emb, k, axis=1)
    rows = windows.transpose(0, 1, 3, 2).reshape(n, -1, k * depth)
    scores = rows @ w.reshape(filters, -1).T + b
    scores = np.where(valid[:, :, None], np.maximum(scores, 0), 0)
    return scores.max(axis=1).astype(emb.dtype)
