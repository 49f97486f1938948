"""You converted labels of other dtypes to integers.

A float label is a sign that something else was passed, for instance probabilities or a regression target,
and `astype(int)` cuts 0.9 to class 0 without a word. Check the dtype and raise `ValueError`.
"""

import numpy as np


def softmax_xent(logits, labels):
    if logits.ndim != 2 or logits.shape[0] == 0:
        raise ValueError("logits must be (N, K) with at least one row")
    n, k = logits.shape
    if labels.shape != (n,):
        raise ValueError("one label for each row, please")
    labels = labels.astype(int)
    if (labels < 0).any() or (labels >= k).any():
        raise ValueError("label out of range")
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(n), labels].mean()
    grad = np.exp(log_p)
    grad[np.arange(n), labels] -= 1
    return loss, grad / n
