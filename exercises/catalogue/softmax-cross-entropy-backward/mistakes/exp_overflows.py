"""You took `exp` of the logits as they are.

`exp(710)` is already infinity in float64, and infinity divided by infinity is NaN. Softmax does not change
when a constant is subtracted from a row: subtract the row's largest logit first, so that no exponent is
above 0. See it with logits of 10000.
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
    z = logits
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(n), labels].mean()
    grad = np.exp(log_p)
    grad[np.arange(n), labels] -= 1
    return loss, grad / n
