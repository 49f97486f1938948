"""Every window copied into one row of a matrix, then one product. Only what the timed call needs."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv1d_text(emb, w, b, mask):
    n, filters, k = len(emb), len(w), w.shape[2]
    windows = sliding_window_view(emb, k, axis=1)
    rows = windows.reshape(n * windows.shape[1], -1)
    scores = (rows @ w.reshape(filters, -1).T + b).reshape(n, -1, filters)
    valid = sliding_window_view(mask, k, axis=1).all(axis=-1)
    return np.maximum(np.where(valid[:, :, None], scores, -np.inf).max(axis=1), 0).astype(emb.dtype)
