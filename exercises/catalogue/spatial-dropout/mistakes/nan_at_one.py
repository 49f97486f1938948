"""You divided by `1 - p` for `p = 1` too.

There everything is dropped and the divisor is 0; 0/0 is NaN, which spreads through the whole network.
Return zeros without dividing.
"""


def spatial_dropout(x, p, training, rng):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if not 0 <= p <= 1:
        raise ValueError("p must lie in [0, 1]")
    if not training:
        return x.copy()
    kept = rng.random((x.shape[0], x.shape[1], 1, 1)) >= p
    return (x * kept / (1 - p)).astype(x.dtype)
