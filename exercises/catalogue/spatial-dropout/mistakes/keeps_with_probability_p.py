"""You kept each map with probability `p`; `p` is the probability to drop it.

With `p = 0.5` both look alike. At 0.1 about one map in ten must be zero, and in yours nine in ten are. Keep
where the random number is at least `p`.
"""


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], x.shape[1], 1, 1)) < p
    if p == 1:
        return x.copy()
    return (x * kept / (1 - p)).astype(x.dtype)
