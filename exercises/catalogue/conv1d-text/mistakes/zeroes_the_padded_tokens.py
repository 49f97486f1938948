"""You set the embeddings of padded tokens to zero and let their windows take part.

A window of zeros has the score `b`, and one that is half padding the score of its half. Where the bias is
positive or the half matches, they win the maximum. Exclude every window that touches a padded token.
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
    emb = np.where(mask[:, :, None], emb, 0)
    windows = np.lib.stride_tricks.sliding_window_view(emb, k, axis=1)
    scores = np.tensordot(windows, w, axes=([2, 3], [1, 2])) + b
    scores = np.maximum(scores, 0)
    return scores.max(axis=1).astype(emb.dtype)
