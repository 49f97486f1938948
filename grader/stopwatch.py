"""Times single calls in sandboxed sessions so that nothing a candidate does makes its own time look shorter.

Both clocks are out of its reach: the wall clock runs on the trusted side, from sending the arguments to
having received the last byte of the result; the CPU clock is the kernel's account of all its threads.
Between its calls a contestant is paused: it can neither work ahead, nor finish later what it should have
done in the call, nor take the processor away from the other contestant. All CPU time that it has used since
it was last paused counts, divided by the threads that it may use; so a second thread gains nothing.
"""

from dataclasses import dataclass
from time import perf_counter
from typing import Any, Self

from exercises.candidate import Request
from exercises.timing import Call
from grader.candidate import RemoteDriver
from grader.engine import Session
from grader.engine.errors import EngineFault

# CPU time while paused: threads take a moment to stop, and the kernel counts in ticks of up to 10 ms.
MOST_IDLE_SECONDS, MOST_IDLE_A_PAUSE, MOST_IDLE_SHARE = 0.05, 0.02, 0.25
HELPER = "stride_timing"
HELPER_SOURCE = """
import ctypes

try:  # glibc: keep memory that was freed, and take arrays of up to 32 MB from it
    settle = ctypes.CDLL(None).mallopt
    settle(-1, 1 << 30)
    settle(-3, 1 << 25)
except (OSError, AttributeError):
    pass
kept = None

def keep(value):
    global kept
    kept = value

def echo(*args, **kwargs):
    return kept
"""


@dataclass(frozen=True)
class Sample:
    """One timed call: what came back, seconds of the clock, CPU seconds of all threads."""

    value: Any
    wall: float
    cpu: float

    def at_work(self, threads: int) -> float:
        """CPU seconds of each thread that it may use: other processes on the machine hardly change them."""
        return self.cpu / threads

    def in_all(self, threads: int) -> float:
        """Seconds of the clock, waiting included, but not less than with all threads at work."""
        return max(self.wall, self.at_work(threads))


class Contestant:
    """A session whose process only runs while it is being timed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._spent = session.pause()
        self._since = perf_counter()
        self._idle = self._paused = 0.0
        self._pauses = 0

    @classmethod
    def with_source(cls, session: Session, source: bytes, provided: dict[str, str]) -> Self:
        """Load a source, untimed.

        Freed memory stays with every contestant: whether the C library hands it back after a call, to be got
        and zeroed again in the next, depends on what happens to lie above it and would only be noise.
        """
        session.provide(HELPER, HELPER_SOURCE)
        for name, text in provided.items():
            session.provide(name, text)
        session.load(source)
        return cls(session)

    def timed(self, function: str, call: Call) -> Sample:
        """Time one call. Raises Raised or CandidateFault where the candidate fails."""
        self._wake()
        reply = RemoteDriver(self._session).perform(Request(function, call.args, call.kwargs))
        spent = self._session.pause()
        cpu, self._spent, self._since = spent - self._spent, spent, perf_counter()
        return Sample(reply.value, reply.seconds, cpu)

    def _wake(self) -> None:
        """Let the process go on; what it used while it was paused counts for the call that follows."""
        self._idle += self._session.resume() - self._spent
        self._paused += perf_counter() - self._since
        self._pauses += 1
        few = MOST_IDLE_SECONDS + MOST_IDLE_A_PAUSE * self._pauses
        if self._idle > max(few, MOST_IDLE_SHARE * self._paused):
            raise EngineFault(f"a paused process used {self._idle:.3f} s of CPU time")


class Echo(Contestant):
    """A session that computes nothing: what it takes is what transporting the arrays costs.

    It is a session of its own, so that the baseline's memory is no warmer than the candidate's.
    """

    def __init__(self, session: Session, result: Any) -> None:
        session.provide(HELPER, HELPER_SOURCE)
        super().__init__(session)
        self.timed(f"{HELPER}:keep", Call((result,)))

    def echo(self, call: Call) -> Sample:
        """Send a call's arguments and receive a result of the same dtype and shape as all of them."""
        return self.timed(f"{HELPER}:echo", call)
