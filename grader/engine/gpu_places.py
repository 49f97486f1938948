"""The places on GPUs: one candidate a GPU at a time, at most one child waiting beside it.

A place goes round like this::

    idle -> starting -> waiting -> (in use, beside the next one that waits)
              |                        |
              v                        v
           failed -> probing -> idle   settling: until the memory of the one that ended is free again

`failed` backs off; after `MAX_FAILURES` in a row the GPU is out of service, which the runner's status says,
and is probed once a minute until it works again. What is in here decides and does nothing itself: the
clock comes in, and `grader.engine.gpu_pool` acts.
"""

from dataclasses import dataclass, field

from grader.engine.sandbox.nvml import Gpu

MAX_FAILURES = 3
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 60.0
SETTLING_SECONDS = 10.0
STALE_SECONDS = 5.0
# Beyond a session's limit, before the runner ends it: contexts, kernels that are loaded, the one that waits.
SLACK_MB = 1536
SETTLED_MB = 256  # contexts are not all of one size, and the next one's has taken the place of the last one's


@dataclass
class Place:
    """One GPU."""

    gpu: Gpu
    starting: int | None = None  # numbers of children
    waiting: int | None = None
    in_use: int | None = None
    limit_mb: int = 0
    used_mb: int = 0
    used_before_mb: int | None = None  # when the session began
    read_at: float = -1e9
    ended_at: float = -1e9
    failures: int = 0
    problem: str = ""  # the last one; kept until a child has started again
    failed: bool = False  # to be probed before another child is started
    retry_at: float = field(default=-1e9)
    probing: bool = False

    @property
    def out_of_service(self) -> str:
        """Why this GPU is not used at present; empty when it is."""
        return f"{self.gpu.node} ({self.gpu.name}): {self.problem}" if self.failures >= MAX_FAILURES else ""

    def wants_child(self) -> bool:
        """A child should be started: none waits or starts, and nothing has failed."""
        return not self.failed and self.starting is None and self.waiting is None

    def wants_probe(self, now: float) -> bool:
        return self.failed and not self.probing and now >= self.retry_at

    def is_free(self, now: float) -> bool:
        """The child that waits may be handed over: nobody uses the GPU, and what was used is free again."""
        fresh = self.read_at > self.ended_at and now - self.read_at < STALE_SECONDS
        settled = self.used_before_mb is None and self.gpu.memory_mb - self.used_mb >= SLACK_MB
        ready = self.in_use is None and self.waiting is not None and not self.failed
        return ready and fresh and settled

    def begin(self, number: int, limit_mb: int) -> None:
        self.in_use, self.waiting = number, None
        self.limit_mb, self.used_before_mb = limit_mb, self.used_mb

    def end(self, now: float) -> None:
        """The one that used the GPU is gone; its memory has to be, too."""
        self.in_use, self.ended_at = None, now

    def read(self, used_mb: int, now: float) -> None:
        """A reading of the memory in use."""
        self.used_mb, self.read_at = used_mb, now
        if self.in_use is not None or self.used_before_mb is None or now <= self.ended_at:
            return
        kept = used_mb - self.used_before_mb
        if kept <= SETTLED_MB:
            self.used_before_mb = None
        elif now - self.ended_at > SETTLING_SECONDS:
            self.fail(f"{kept} MB of its memory stay in use after a candidate has ended", now)
            self.used_before_mb = None

    def exceeds(self) -> bool:
        """More memory came into use since the session began than its limit and what surrounds it explain."""
        begun = self.in_use is not None and self.used_before_mb is not None
        return begun and self.used_mb - (self.used_before_mb or 0) > self.limit_mb + SLACK_MB

    def fail(self, problem: str, now: float) -> None:
        """Something did not work; try again later, ever later."""
        self.failures += 1
        self.failed, self.problem = True, problem
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self.failures)
        self.retry_at = now + pause

    def forget(self, number: int, now: float) -> None:
        """The child with this number is gone."""
        if self.in_use == number:
            self.end(now)
        if self.waiting == number:
            self.waiting = None
        if self.starting == number:
            self.starting = None

    def works(self, number: int) -> None:
        """A child has made its context and waits."""
        self.starting, self.waiting = None, number
        self.failures, self.problem = 0, ""
