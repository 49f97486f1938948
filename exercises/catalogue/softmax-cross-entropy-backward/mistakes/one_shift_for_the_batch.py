"""You subtracted the largest logit of the whole batch from every row.

A row whose logits all lie far below it becomes `exp(-20000) = 0` in every class, and 0/0 is NaN. Each row
needs its own maximum: `logits.max(axis=1, keepdims=True)`.
"""

import numpy as np


def softmax_xent(logits, labels):
    if logits.ndim != 2 or logits.shape[0] == 0:
        raise ValueError("logits must be (N, K) with at least one row")
    n, k = logits.shape
    if labels.shape != (n,):
        raise ValueError("one label for each row, please")
    if labels.dtype.kind not in "iu":
        raise ValueError("labels must be integers")
    if (labels < 0).any() or (labels >= k).any():
        raise ValueError("label out of range")
    z = logits - logits.max()
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(n), labels].mean()
    grad = np.exp(log_p)
    grad[np.arange(n), labels] -= 1
    return loss, grad / n
