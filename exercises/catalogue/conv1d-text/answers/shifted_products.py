"""One matrix product of all tokens with all filter columns, then sums of shifted slices."""

import numpy as np


def conv1d_text(emb: np.ndarray, w: np.ndarray, b: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Convolve emb (N, L, D) with filters w (F, D, k) over the tokens, add b, ReLU, maximum over time."""
    if emb.ndim != 3 or w.ndim != 3:
        raise ValueError("emb and w must have three axes")
    n, length, d = emb.shape
    f, d_filter, k = w.shape
    if d_filter != d:
        raise ValueError(f"the filters have {d_filter} numbers a token, the embeddings {d}")
    if b.shape != (f,):
        raise ValueError(f"b must have shape ({f},), got {b.shape}")
    if mask is not None and mask.shape != (n, length):
        raise ValueError(f"mask must have shape ({n}, {length}), got {mask.shape}")
    windows = length - k + 1
    if windows < 1:
        raise ValueError(f"{length} tokens are too few for filters of width {k}")

    columns = w.transpose(1, 2, 0).reshape(d, k * f)
    products = (emb.reshape(n * length, d) @ columns).reshape(n, length, k, f)
    scores = products[:, :windows, 0].copy()
    for j in range(1, k):
        scores += products[:, j : j + windows, j]

    if mask is not None:
        valid = np.ones((n, windows), dtype=bool)
        for j in range(k):
            valid &= mask[:, j : j + windows]
        if not valid.any(axis=1).all():
            raise ValueError("a sentence has no valid window")
        scores[~valid] = -np.inf
    # the bias and ReLU are monotonic, so that they may come after the maximum
    return np.maximum(scores.max(axis=1) + b, 0)
