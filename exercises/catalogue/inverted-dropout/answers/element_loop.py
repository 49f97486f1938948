"""One decision per element in plain Python."""

import numpy as np


def dropout(x, p, training, rng):
    if not 0.0 <= p <= 1.0:
        raise ValueError("p must be a probability")
    kept = [not training or rng.uniform() > p or p == 0 for _ in range(x.size)]
    scale = 1.0 if not training or p == 1 else 1.0 - p
    values = [
        float(value) / scale if keep and (p < 1 or not training) else 0.0
        for value, keep in zip(x.ravel(), kept, strict=True)
    ]
    if p == 1 and training:
        kept = [False] * x.size
    return np.array(values, dtype=x.dtype).reshape(x.shape), np.array(kept, dtype=bool).reshape(x.shape)
