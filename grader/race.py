"""A measurement: sessions, rounds in mirrored order, and when to give up.

Candidate and baseline run in fresh sandboxed sessions of the same profile and limits, taking turns in
mirrored order. Each round draws fresh inputs, gives them to both, and checks both results; a third session,
the echo, receives and sends the same arrays without computing anything, and its time is taken off.

The ratio is that of CPU times, which a busy machine disturbs little. Where waiting matters, it is that of the
wall clock: for answers that may use several threads, and for answers that clearly take longer than their CPU
time while the baseline beside them does not.
"""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np

from exercises.candidate import Raised
from exercises.catalogue import Exercise
from exercises.failure import Failure
from exercises.tiers import Interval
from exercises.timing import Timed
from grader import words
from grader.engine import Engine, Limits, Session, errors
from grader.intervals import NothingTimed, ratio_of_medians
from grader.stopwatch import Contestant, Echo, Sample

WAIT_SECONDS = 20.0  # for a place at the runner
WARM_UP, LEAST_ROUNDS, MAX_ROUNDS = 2, 6, 96
LOOKS = (12, 24, 48, 96)  # numbers of rounds after which the interval is looked at
WAITS = 1.25  # so much longer by the wall clock than by CPU time, both beside the baseline: it waits
CONTESTANTS = ("candidate", "baseline", "echo")
CPU, WALL = "cpu", "wall"
ORDERS = ("cbe", "ebc", "bce", "ecb")  # candidate, baseline, echo; each order is followed by its mirror image


@dataclass(frozen=True)
class Budget:
    """What a measurement may take: `seconds` of rounds, `session_seconds` of each whole session."""

    seconds: float = 2.5
    session_seconds: float = 5.0


BUDGET = Budget()


class Stopped(Exception):
    """The candidate has failed in a timed call; the message says how."""


class TooSlow(Exception):
    """The candidate has used up the time of its session."""


@dataclass(frozen=True)
class Runners:
    """The three that take turns."""

    candidate: Contestant
    baseline: Contestant
    echo: Echo


class Race:
    """A source against the vectorised baseline: a submission, or another baseline for calibration."""

    def __init__(
        self, exercise: Exercise, source: bytes, engine: Engine, seed: int, budget: Budget = BUDGET
    ) -> None:
        if exercise.timed is None:
            raise ValueError(f"{exercise.slug} has no timed case")
        self.exercise = exercise
        self.timed: Timed = exercise.timed
        self.sources = source, exercise.baselines["vectorised"].encode()
        self.budget = budget
        self.engine = Engine(engine.socket_path, wait_seconds=WAIT_SECONDS)
        self.seed = seed
        self.drawn = 0
        self.warm_up: list[dict[str, Sample]] = []
        self.rounds: list[dict[str, Sample]] = []
        self.memory: dict[str, float] = {}
        self.clock = CPU

    def interval(self, enough: Callable[[Interval], bool], hopeless: float) -> Interval | None:
        """Open the sessions and take rounds until `enough`; None for a candidate that is given up."""
        with ExitStack() as stack:
            sessions = self._sessions(stack)
            try:
                runners = Runners(
                    _of_candidate(lambda: self._loaded(sessions[0], self.sources[0])),
                    self._loaded(sessions[1], self.sources[1]),
                    Echo(sessions[2], self.timed.call(self.seed, 0).expected),
                )
                return self._race(runners, enough, hopeless)
            finally:
                used = [session.finish().peak_memory_mb for session in sessions]
                self.memory = dict(zip(CONTESTANTS, used, strict=True))

    def _sessions(self, stack: ExitStack) -> list[Session]:
        limits = self.exercise.limits
        asked = Limits(
            seconds=self.budget.session_seconds, memory_mb=limits.memory_mb, threads=limits.threads
        )
        own, baselines = (self.exercise.profile_for(source.decode()) for source in self.sources)
        return [
            stack.enter_context(self.engine.open(profile, asked, companion=companion))
            for profile, companion in ((own, False), (baselines, True), (baselines, True))
        ]

    def _loaded(self, session: Session, source: bytes) -> Contestant:
        return Contestant.with_source(session, source, self.exercise.provided)

    def _race(self, runners: Runners, enough: Callable[[Interval], bool], hopeless: float) -> Interval | None:
        start = monotonic()
        self.warm_up = [self._round(runners, order) for order in ORDERS[:WARM_UP]]
        if self.at_least(hopeless):
            return None
        longest = 0.0
        while len(self.rounds) < MAX_ROUNDS and monotonic() - start + longest < self.budget.seconds:
            began = monotonic()
            order = ORDERS[len(self.rounds) % len(ORDERS)]
            self.rounds.append(self._round(runners, order))
            longest = max(longest, monotonic() - began)
            if len(self.rounds) in LOOKS and enough(found := self._found()):
                return found
        return self._found() if len(self.rounds) >= LEAST_ROUNDS else None

    def at_least(self, ratio: float) -> bool:
        """Whether the candidate's fastest call was this many times slower than the baseline's slowest."""
        threads = self.exercise.limits.threads
        taken = self.warm_up + self.rounds
        fastest = min(one["candidate"].at_work(threads) for one in taken)
        return fastest > ratio * max(one["baseline"].at_work(threads) for one in taken)

    def _round(self, runners: Runners, order: str) -> dict[str, Sample]:
        """One call of each in this order, with the same fresh inputs; results are checked afterwards."""
        self.drawn += 1
        call = self.timed.call(self.seed, self.drawn)
        function = self.timed.function
        turns: dict[str, Callable[[], Sample]] = {
            "c": lambda: _of_candidate(lambda: runners.candidate.timed(function, call)),
            "b": lambda: runners.baseline.timed(function, call),
            "e": lambda: runners.echo.echo(call),
        }
        taken = {turn: turns[turn]() for turn in order}
        _of_candidate(lambda: call.check(taken["c"].value))
        call.check(taken["b"].value)
        return {name: replace(taken[name[0]], value=None) for name in CONTESTANTS}

    def _found(self) -> Interval:
        """The interval by the clock that counts."""
        threads = self.exercise.limits.threads
        self.clock = WALL if threads > 1 else CPU
        if threads > 1:
            return ratio_of_medians(self._seconds(lambda sample: sample.in_all(threads)))
        worked = ratio_of_medians(self._seconds(lambda sample: sample.at_work(threads)))
        with suppress(NothingTimed):  # on a machine so busy that the wall clock tells nothing
            waited = ratio_of_medians(self._seconds(lambda sample: sample.in_all(threads)))
            if waited.low > WAITS * worked.high:
                self.clock = WALL
                return waited
        return worked

    def _seconds(self, of: Callable[[Sample], float]) -> np.ndarray:
        """What each call took, (rounds, 3)."""
        return np.array([[of(one[name]) for name in CONTESTANTS] for one in self.rounds])


def _of_candidate(act: Callable[[], Any]) -> Any:
    """What goes wrong in here is the candidate's doing."""
    try:
        return act()
    except Failure as failure:
        raise Stopped(f"A timed call gave a wrong result: {words.clean(failure.message)}.") from failure
    except Raised as error:
        raise Stopped(f"A timed call {words.exception_text(error, visible=False)}.") from error
    except errors.TimeLimit as limit:
        raise TooSlow from limit
    except errors.CandidateFault as fault:
        raise Stopped(f"Your code could not be timed: {words.clean(fault.message)}.") from fault
