"""One window and one filter at a time. Only what the timed call needs."""

import numpy as np


def conv1d_text(emb, w, b, mask):
    n, length, _ = emb.shape
    filters, _, k = w.shape
    y = np.zeros((n, filters), dtype=emb.dtype)
    for row in range(n):
        for t in range(length - k + 1):
            if not mask[row, t : t + k].all():
                continue
            window = emb[row, t : t + k].T
            for f in range(filters):
                y[row, f] = max(y[row, f], (window * w[f]).sum() + b[f])
    return y
