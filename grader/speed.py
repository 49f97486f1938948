"""How fast an accepted answer is, beside a baseline: its tier, and what is said about it.

What counts is the ratio of medians, with its interval (`grader.race`, `grader.intervals`), so that a tier
means the same on every machine. Nothing in here changes a verdict: whatever goes wrong ends as a `Speed`
without a tier that says why.
"""

import logging
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from exercises.catalogue import Exercise
from exercises.tiers import NO_TIER, Interval, Tiers
from exercises.timing import Timed
from grader.engine import Engine, errors
from grader.race import BUDGET, CONTESTANTS, CPU, WARM_UP, Race, Stopped, TooSlow

log = logging.getLogger(__name__)

NARROW, CLEAR = 1.04, 1.25  # high/low at which it is enough: in any case, and where the tier is clear
HOPELESS = 2.0  # times slower than bronze allows, after the warm-up: given up

MEASURED, SLOW, STOPPED, UNAVAILABLE = "measured", "slow", "stopped", "unavailable"
FAULT = "The speed could not be measured, through a fault of ours. The verdict stands."
BUSY = "The grader was too busy to measure the speed. The verdict stands; submit again to have it measured."


@dataclass(frozen=True)
class Means:
    """Medians of one contestant: seconds and CPU seconds of a call, and the peak memory of its session."""

    seconds: float
    cpu_seconds: float
    memory_mb: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """For the report."""
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds, "memory_mb": self.memory_mb}


@dataclass(frozen=True)
class Speed:
    """What measuring came to. `reason` says why there is no tier where it was not measured to the end."""

    state: str
    title: str
    tier: str = NO_TIER
    possible: str = NO_TIER
    interval: Interval | None = None
    clock: str = CPU
    rounds: int = 0
    reason: str = ""
    used: dict[str, Means] = field(default_factory=dict)
    tiers: Tiers | None = None

    def as_dict(self) -> dict[str, Any]:
        """The report's `speed`."""
        interval = self.interval
        return {
            "state": self.state,
            "title": self.title,
            "tier": self.tier or None,
            "possible": self.possible or None,
            "ratio": interval.ratio if interval else None,
            "low": interval.low if interval else None,
            "high": interval.high if interval else None,
            "clock": self.clock,
            "rounds": self.rounds,
            "reason": self.reason,
            "used": {name: one.as_dict() for name, one in self.used.items()},
            "tiers": self.tiers.as_dict() if self.tiers else {},
            "baselines": {n: i.as_list() for n, i in self.tiers.calibration.items()} if self.tiers else {},
        }


def left_out(timed: Timed, tiers: Tiers) -> Speed:
    """What is said where nothing was measured because others wait for their verdicts."""
    return Speed(UNAVAILABLE, timed.title, reason=BUSY, tiers=tiers)


def measure(exercise: Exercise, source: bytes, *, engine: Engine, seed: int) -> Speed | None:
    """Time an accepted answer; None where the exercise has no tiers. Never raises."""
    if exercise.speed is None or exercise.timed is None:
        return None
    title = exercise.timed.title
    try:
        return _raced(Race(exercise, source, engine, seed), exercise.speed)
    except Stopped as stop:
        return Speed(STOPPED, title, reason=str(stop), tiers=exercise.speed)
    except TooSlow:
        reason = f"Given up: loading and timed calls took longer than {BUDGET.session_seconds:g} seconds."
        return Speed(SLOW, title, reason=reason, tiers=exercise.speed)
    except errors.EngineUnavailable as error:
        log.warning("the speed of an answer to %s was not measured: %s", exercise.slug, error)
        return Speed(UNAVAILABLE, title, reason=BUSY, tiers=exercise.speed)
    except Exception:
        log.exception("measuring the speed of an answer to %s failed", exercise.slug)
        return Speed(UNAVAILABLE, title, reason=FAULT, tiers=exercise.speed)


def _raced(race: Race, tiers: Tiers) -> Speed:
    """Measure as long as it takes to tell the tier. Raises Stopped and TooSlow where the candidate fails."""
    title = race.timed.title
    interval = race.interval(lambda found: _enough(found, tiers), HOPELESS * tiers.bronze)
    rounds, used = len(race.rounds), _used(race)
    if interval is None and race.at_least(tiers.bronze):
        return Speed(SLOW, title, rounds=rounds, reason=_given_up(race), used=used, tiers=tiers)
    if interval is None:
        return Speed(UNAVAILABLE, title, rounds=rounds, reason=BUSY, tiers=tiers)
    return Speed(
        MEASURED,
        title,
        tier=tiers.earned(interval),
        possible=tiers.possible(interval),
        interval=interval,
        clock=race.clock,
        rounds=rounds,
        used=used,
        tiers=tiers,
    )


def _given_up(race: Race) -> str:
    if not race.rounds:
        return f"Given up after {WARM_UP} calls: far slower than the bronze tier allows."
    return f"Given up: only {len(race.rounds)} rounds of calls fitted into {race.budget.seconds:g} seconds."


def _used(race: Race) -> dict[str, Means]:
    return {name: _means(race, name) for name in CONTESTANTS} if race.rounds else {}


def _means(race: Race, name: str) -> Means:
    samples = [one[name] for one in race.rounds]
    wall, cpu = np.median([[one.wall, one.cpu] for one in samples], axis=0)
    return Means(float(wall), float(cpu), race.memory.get(name, 0.0))


def _enough(interval: Interval, tiers: Tiers) -> bool:
    """Whether more rounds would tell nothing that matters."""
    clear = tiers.earned(interval) == tiers.possible(interval)
    return interval.high <= interval.low * (CLEAR if clear else NARROW)
