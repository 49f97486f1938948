"""Vectorised with a one-hot matrix: the gradient is (p - onehot) / N."""

import numpy as np


def softmax_xent(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean cross-entropy of logits (N, K) with class indices labels (N,), and its gradient."""
    if logits.ndim != 2 or len(logits) == 0:
        raise ValueError(f"logits must be (N, K) with N at least 1, got {logits.shape}")
    n, k = logits.shape
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"labels must be {n} integers")
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError(f"labels must be from 0 to {k - 1}")

    one_hot = (labels[:, None] == np.arange(k)).astype(np.float64)
    z = logits.astype(np.float64)
    z -= z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -np.einsum("nk,nk->", one_hot, log_p) / n
    dlogits = (np.exp(log_p) - one_hot) / n
    return float(loss), dlogits.astype(logits.dtype)
