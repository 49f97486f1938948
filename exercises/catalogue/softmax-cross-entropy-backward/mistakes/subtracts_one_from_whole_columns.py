"""You subtracted 1 with `grad[:, labels]`.

That is not one entry of each row: it takes whole columns, those of every label in the batch, for all rows.
Pair rows with labels, `grad[np.arange(N), labels] -= 1`. See it in the sums of the rows, which must be 0.
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
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(n), labels].mean()
    grad = np.exp(log_p)
    grad[:, labels] -= 1
    return loss, grad / n
