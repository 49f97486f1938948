"""The stated false-alarm probabilities, computed exactly and by drawing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercises import expect, tails
from exercises.failure import Failure


def pmf(n: int, p: float) -> np.ndarray:
    """All probabilities of a binomial, by another way than the code under test: repeated convolution."""
    found = np.ones(1)
    for _ in range(n):
        found = np.convolve(found, [1 - p, p])
    return found


@given(st.integers(1, 60), st.floats(0.01, 0.99), st.data())
def test_tails_agree_with_the_full_distribution(n, p, data):
    k = data.draw(st.integers(0, n))
    exact = pmf(n, p)
    assert tails.lower_tail(k, n, p) == pytest.approx(exact[: k + 1].sum(), rel=1e-9, abs=1e-14)
    assert tails.upper_tail(k, n, p) == pytest.approx(exact[k:].sum(), rel=1e-9, abs=1e-14)


def test_tails_agree_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    for n, p in ((100_000, 0.3), (1000, 0.01), (50, 0.9)):
        for k in (int(n * p * 0.95), int(n * p), int(n * p * 1.03)):
            assert tails.lower_tail(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), rel=1e-6)
            assert tails.upper_tail(k, n, p) == pytest.approx(stats.binom.sf(k - 1, n, p), rel=1e-6)


def rejects(successes: int, trials: int, p: float, false_alarm: float) -> bool:
    try:
        expect.binomial(successes, trials, p, false_alarm)
    except Failure:
        return True
    return False


@pytest.mark.parametrize(("n", "p", "alarm"), [(40, 0.5, 0.01), (100, 0.1, 1e-3), (200, 0.7, 1e-6)])
def test_a_right_answer_fails_the_binomial_test_with_at_most_the_stated_probability(n, p, alarm):
    wrong = np.array([rejects(k, n, p, alarm) for k in range(n + 1)])
    probability = pmf(n, p)[wrong].sum()
    assert 0 < probability <= alarm


def test_the_binomial_test_has_power_against_a_swapped_probability():
    assert rejects(60_000, 100_000, 0.4, 1e-9)
    assert not rejects(40_100, 100_000, 0.4, 1e-9)


@pytest.mark.parametrize(("successes", "p", "rejected"), [(0, 0.0, False), (1, 0.0, True), (9, 1.0, True)])
def test_certain_events(successes, p, rejected):
    assert rejects(successes, 10, p, 1e-9) is rejected


def test_the_normal_bound_has_the_stated_tail():
    for alarm in (0.05, 1e-3, 1e-9):
        assert math.erfc(tails.normal_bound(alarm) / math.sqrt(2)) == pytest.approx(alarm, rel=1e-6)


def test_the_mean_test_rejects_right_answers_as_often_as_stated():
    rng = np.random.default_rng(5)
    alarms = 0
    for sample in rng.standard_normal((4000, 50)) * 2 + 3:
        try:
            expect.mean(sample, 3.0, 2.0, false_alarm=0.05)
        except Failure:
            alarms += 1
    assert not rejects(alarms, 4000, 0.05, 1e-6)


@pytest.mark.parametrize("values", [np.full(9, np.nan), np.empty(0), np.full(9, 3.1)])
def test_the_mean_test_rejects_nan_nothing_and_a_shift(values):
    with pytest.raises(Failure):
        expect.mean(values, 3.0, 0.0)


# False alarms and power of what is drawn


@pytest.mark.parametrize("p", [0.05, 0.5, 0.9])
def test_the_bound_of_a_mean_is_no_approximation(p):
    """The exact probability that a scaled binomial leaves the bound, for few values and many."""
    for n in (10, 200, 2000):
        for alarm in (0.05, 1e-4):
            std, span = math.sqrt(p * (1 - p)), max(p, 1 - p)
            bound = tails.bernstein_bound(alarm, n, std, span)
            outside = np.abs(np.arange(n + 1) / n - p) > bound
            assert pmf(n, p)[outside].sum() <= alarm


def test_the_mean_of_bounded_values_is_tested_by_its_bound():
    values = np.repeat([0.0, 1.0], [5000, 5000])
    expect.mean(values, 0.5, 0.5, 1e-9, span=0.5)
    with pytest.raises(Failure):
        expect.mean(values, 0.54, 0.5, 1e-9, span=0.54)


@pytest.mark.parametrize(
    ("n", "p", "actual"), [(50, 0.5, 0.5), (50, 0.5, 0.8), (200, 0.1, 0.2), (30, 0.9, 0.4)]
)
def test_power_is_the_probability_of_rejection(n, p, actual):
    rejected = np.array([rejects(k, n, p, 0.01) for k in range(n + 1)])
    assert tails.binomial_power(n, p, actual, 0.01) == pytest.approx(pmf(n, actual)[rejected].sum(), rel=1e-9)


def test_power_against_a_slightly_wrong_probability():
    """What the statement of the dropout cases says: 100,000 elements, false alarm 1e-10."""
    assert tails.binomial_power(100_000, 0.4, 0.4, 1e-10) <= 1e-10
    assert tails.binomial_power(100_000, 0.4, 0.4 * 0.95, 1e-10) > 1 - 1e-9
    assert tails.binomial_power(100_000, 0.1, 0.1 * 0.9, 1e-10) > 0.99
    assert 0.8 < tails.binomial_power(100_000, 0.4, 0.4 * 0.97, 1e-10) < 0.99
