"""One decision per element in plain Python."""

import numpy as np


def dropout(x, p, training, rng):
    if not 0.0 <= p <= 1.0:
        raise ValueError("p must be a probability")
    draws = rng.random(x.size).tolist() if training else [1.0] * x.size
    kept = [draw > p or p == 0 or not training for draw in draws]
    scale = 1.0 - p if training else 1.0
    values = [value / scale if keep else 0.0 for value, keep in zip(x.ravel().tolist(), kept, strict=True)]
    return np.array(values, dtype=x.dtype).reshape(x.shape), np.array(kept, dtype=bool).reshape(x.shape)
