"""You flipped the filters along the tokens.

That is a convolution in the strict sense. Networks cross-correlate: `w[f, :, 0]` meets the first token of a
window. With symmetric filters nothing shows.
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
    scores = np.tensordot(windows, w[:, :, ::-1], axes=([2, 3], [1, 2])) + b
    scores = np.where(valid[:, :, None], np.maximum(scores, 0), 0)
    return scores.max(axis=1).astype(emb.dtype)
