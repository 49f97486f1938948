"""Tails of distributions, for statistical expectations whose false alarms have a stated probability.

A case that draws m statistics and tests each with probability a of a false alarm fails a right answer with
probability at most m*a, whatever their dependence (the union bound); so do all cases of a submission
together. All of an exercise's must stay below `MOST_FALSE_ALARMS`, which a test of the catalogue adds up.

*Binomial.* Let F be the distribution function of X, and L = F(X), U = P(X' >= X). For every a,
P(L <= a) <= a, since {L <= a} = {X <= k} for the largest k with F(k) <= a, and likewise for U. So
P(2 min(L, U) <= a) <= P(L <= a/2) + P(U <= a/2) <= a: exact for every n and p, no approximation. The sums
are computed to a relative error of about 1e-9.

*Mean of bounded values.* For n independent values of mean mu and standard deviation s that lie within c of
mu, Bernstein's inequality gives P(|mean - mu| >= t) <= 2 exp(-n t^2 / (2 s^2 + 2 c t / 3)). Solved for t at
probability a, with l = ln(2/a): t = (l c / 3 + sqrt((l c / 3)^2 + 2 n l s^2)) / n.
"""

import math
from collections.abc import Callable
from statistics import NormalDist

MOST_FALSE_ALARMS = 1e-6  # in one submission


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


def bernstein_bound(false_alarm: float, count: int, std: float, span: float) -> float:
    """How far the mean of `count` values within `span` of their expectation may lie from it."""
    log = math.log(2 / false_alarm)
    skew = log * span / 3
    return (skew + math.sqrt(skew**2 + 2 * count * log * std**2)) / count


def binomial_power(trials: int, p: float, actual: float, false_alarm: float) -> float:
    """The probability that the two-sided test of `p` rejects a count whose probability is `actual`."""
    low = _last(lambda k: 2 * lower_tail(k, trials, p) < false_alarm, trials)
    high = _last(lambda k: 2 * upper_tail(trials - k, trials, p) < false_alarm, trials)
    return lower_tail(low, trials, actual) + upper_tail(trials - high, trials, actual)


def _last(holds: Callable[[int], bool], most: int) -> int:
    """The largest k for which a condition that holds up to some k does hold; -1 where it never does."""
    low, high = -1, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
