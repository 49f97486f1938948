"""From samples of times to a ratio with an interval: a percentile bootstrap over rounds.

A round holds one time of the candidate, one of the baseline and one of the echo, taken one after the other.
Resampling whole rounds keeps what disturbed all three together together, such as another process.
"""

import numpy as np

from exercises.tiers import Interval

RESAMPLES = 1000
CONFIDENCE = 0.99  # high, since the interval is looked at several times before measuring stops
SEED = 7_919  # its own: intervals of the same samples are the same, and owe nothing to a submission's seed
LEAST_SECONDS = 1e-6


class NothingTimed(Exception):
    """What the baseline computes is lost in what transporting its arrays takes."""


def ratio_of_medians(samples: np.ndarray) -> Interval:
    """The interval of (median candidate - median echo) / (median baseline - median echo).

    `samples` (rounds, 3): seconds of candidate, baseline and echo. Raises NothingTimed where the baseline is
    no slower than the echo: then nothing but transport was timed.
    """
    rounds = len(samples)
    chosen = np.random.default_rng(SEED).integers(rounds, size=(RESAMPLES, rounds))
    ratios = _ratio(np.median(samples[chosen], axis=1))
    medians = np.median(samples, axis=0)
    if medians[1] <= medians[2]:
        raise NothingTimed("the baseline is no slower than the transport of its arrays")
    middle = float(_ratio(medians[None])[0])
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = (float(one) for one in np.percentile(ratios, [tail, 100 - tail]))
    return Interval(min(low, middle), middle, max(high, middle))


def _ratio(medians: np.ndarray) -> np.ndarray:
    """Ratios (n,) from medians (n, 3), less the echo; no candidate is faster than no work at all."""
    candidate, baseline, echo = medians.T
    return np.maximum(candidate - echo, LEAST_SECONDS) / np.maximum(baseline - echo, LEAST_SECONDS)
