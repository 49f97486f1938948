"""Speed tiers: how a ratio of times, known within an interval, becomes bronze, silver, gold or nothing.

Every time is divided by that of the exercise's `vectorised` baseline, measured in the same minute on the same
machine, so that a ratio means the same on fast and on slow machines. Small ratios are good.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TIERS = ("bronze", "silver", "gold")  # slowest first
BASELINES = ("loops", "vectorised", "library")
NO_TIER = ""
ABOUT = 1.25  # "about as fast as" a baseline: up to a quarter slower
CLEARLY = 5.0  # "clearly faster than" naive loops: five times
APART = 1.15  # neighbouring tiers begin at least this factor apart


class Overlap(Exception):
    """The baselines of an exercise are too close to each other to make three tiers of them."""


@dataclass(frozen=True)
class Interval:
    """A ratio and the interval that holds it with the stated confidence."""

    low: float
    ratio: float
    high: float

    def rounded(self) -> "Interval":
        """To three significant digits, outwards where that matters to nobody."""
        return Interval(*(float(f"{one:.3g}") for one in (self.low, self.ratio, self.high)))

    def as_list(self) -> list[float]:
        """Least, middle, most."""
        return [self.low, self.ratio, self.high]


@dataclass(frozen=True)
class Tiers:
    """The largest ratio of each tier, and what the baselines themselves came to when they were measured."""

    bronze: float
    silver: float
    gold: float
    calibration: Mapping[str, Interval]

    def of(self, ratio: float) -> str:
        """The tier of an exactly known ratio; empty if slower than bronze."""
        reached = [name for name in TIERS if ratio <= getattr(self, name)]
        return reached[-1] if reached else NO_TIER

    def earned(self, interval: Interval) -> str:
        """The tier of a measured ratio: what even the slow end of its interval reaches."""
        return self.of(interval.high)

    def possible(self, interval: Interval) -> str:
        """What the fast end of the interval would reach; another tier than earned means: within the noise."""
        return self.of(interval.low)

    def as_dict(self) -> dict[str, float]:
        """The largest ratio of each tier, slowest first."""
        return {name: getattr(self, name) for name in TIERS}


def derive(measured: Mapping[str, Interval]) -> Tiers:
    """Where the tiers begin, from what the baselines take. Raises Overlap.

    Bronze is clearly faster than naive loops, silver about as fast as vectorised, gold about as fast as the
    library baseline; the slow (for loops the fast) end of each interval counts.
    """
    bronze = _neat(measured["loops"].low / CLEARLY)
    silver = _neat(measured["vectorised"].high * ABOUT)
    gold = _neat(measured["library"].high * ABOUT)
    for slow, fast, names in (
        (bronze, silver, "loops and vectorised"),
        (silver, gold, "vectorised and library"),
    ):
        if slow < fast * APART:
            raise Overlap(
                f"the baselines {names} are too close: their tiers would begin at {slow} and {fast}"
            )
    return Tiers(bronze, silver, gold, {name: measured[name].rounded() for name in BASELINES})


def _neat(ratio: float) -> float:
    """Two significant digits: a threshold claims no more precision than it has."""
    return float(f"{ratio:.2g}")
