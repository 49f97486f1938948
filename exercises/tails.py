"""Exact tails of the binomial distribution, and the normal quantile for stated false-alarm probabilities."""

import math
from statistics import NormalDist


def _log_pmf(k: int, n: int, p: float) -> float:
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return choose + k * math.log(p) + (n - k) * math.log1p(-p)


def lower_tail(k: int, n: int, p: float) -> float:
    """P(X <= k) of a binomial X of n trials with probability p."""
    if k < 0:
        return 0.0
    if k >= n or p <= 0:
        return 1.0
    if p >= 1:
        return 0.0
    if k > n * p:
        return 1.0 - _sum_down(n - k - 1, n, 1 - p)
    return _sum_down(k, n, p)


def upper_tail(k: int, n: int, p: float) -> float:
    """P(X >= k) of a binomial X of n trials with probability p."""
    return lower_tail(n - k, n, 1 - p)


def _sum_down(k: int, n: int, p: float) -> float:
    """P(X <= k) for k below the mean, where terms shrink on the way down."""
    if k < 0:
        return 0.0
    term = math.exp(_log_pmf(k, n, p))
    total = 0.0
    while k >= 0 and term > total * 1e-17:
        total += term
        term *= k * (1 - p) / ((n - k + 1) * p)
        k -= 1
    return min(total, 1.0)


def binomial_two_sided(k: int, n: int, p: float) -> float:
    """Twice the smaller tail: at most `a` with probability at most `a`, if X really is binomial."""
    return min(1.0, 2 * min(lower_tail(k, n, p), upper_tail(k, n, p)))


def normal_bound(false_alarm: float) -> float:
    """The z that a standard normal exceeds in absolute value with this probability."""
    return -NormalDist().inv_cdf(false_alarm / 2)
