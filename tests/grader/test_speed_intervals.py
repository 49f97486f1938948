"""The interval of a ratio: it holds the true one as often as it says, and a noisy machine only widens it."""

import numpy as np
import pytest

from grader.intervals import NothingTimed, ratio_of_medians

TRUE = 0.5  # candidate 1 ms and baseline 2 ms above an echo of 0.4 ms


def samples(rounds: int, seed: int, noise: float = 0.05, load: float = 0.0) -> np.ndarray:
    """Times of rounds with noise of each call, and a load that slows all calls of a round."""
    rng = np.random.default_rng(seed)
    times = np.array([1.4e-3, 2.4e-3, 0.4e-3]) * (1 + noise * rng.standard_exponential((rounds, 3)))
    return times * (1 + load * (rng.random((rounds, 1)) < 0.4))


@pytest.mark.parametrize(("noise", "load"), [(0.05, 0.0), (0.2, 0.0), (0.05, 2.0)])
def test_the_interval_holds_the_ratio_as_often_as_it_says(noise, load):
    truth = float(np.median([ratio_of_medians(samples(2000, s, noise, load)).ratio for s in range(5)]))
    missed = sum(
        not found.low <= truth <= found.high
        for found in (ratio_of_medians(samples(24, seed, noise, load)) for seed in range(100, 200))
    )
    assert missed <= 5, "99 % was promised, 95 % is the least for medians of two dozen rounds"


def test_more_rounds_narrow_the_interval():
    few, many = ratio_of_medians(samples(12, 1)), ratio_of_medians(samples(96, 1))
    assert many.high - many.low < few.high - few.low
    assert many.ratio == pytest.approx(TRUE, rel=0.05)


def test_the_same_samples_give_the_same_interval():
    assert ratio_of_medians(samples(30, 3)) == ratio_of_medians(samples(30, 3))


def test_a_candidate_that_does_nothing_has_a_tiny_ratio_and_no_negative_one():
    found = ratio_of_medians(samples(20, 2)[:, [2, 1, 2]])
    assert 0 < found.low <= found.ratio < 0.05


def test_a_baseline_that_only_transports_is_refused():
    with pytest.raises(NothingTimed, match="no slower than the transport"):
        ratio_of_medians(np.array([[1.0, 0.5, 0.6]] * 8))
