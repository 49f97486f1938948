"""The runner's side of one profile: start its zygote, keep children ready, bury and replace what ends."""

import logging
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from grader.engine import control
from grader.engine.channel import Channel, Gone
from grader.engine.loop import Loop
from grader.engine.processes import Child, Zygote, pid_of
from grader.engine.sandbox import cgroups
from grader.engine.sandbox.plan import Plan

log = logging.getLogger("stride.runner")
MAX_START_FAILURES = 5
CALM_SECONDS = 30.0  # without a miss, after which one child fewer is kept ready


@dataclass(frozen=True)
class Sizes:
    """How many children are ready a profile (at least), in use at once, and forked before a zygote goes."""

    standby: int = 2
    jobs: int = 1
    recycle_after: int = 2000  # what a zygote's memory has gathered by then goes with it
    most_standby: int = 2  # how far demand may raise the number that is ready


class Pool:
    """Everything of one profile."""

    def __init__(
        self, profile: str, plan: Plan, groups: cgroups.Hierarchy | None, sizes: Sizes, loop: Loop
    ) -> None:
        self.profile = profile
        self.plan = plan
        self.groups = groups
        self.sizes = sizes
        self.loop = loop
        self.ready: deque[Child] = deque()
        self.zygote: Zygote | None = None
        self.successor: Zygote | None = None
        self.retired: list[Zygote] = []
        self.failures = 0  # since a child was last ready
        self.faults = 0  # zygotes that ended by themselves
        self.zygotes = 0
        self.unavailable = ""
        self.refused = False
        self.proven = False
        self.restart_at = 0.0
        self.numbers = 0
        self.wanted = sizes.standby  # children to keep ready; grows with demand
        self.missed_at = 0.0
        self.on_ready: Callable[[], None] = lambda: None
        self.on_gone: Callable[[], None] = lambda: None
        self.trial: Callable[[Child], str] | None = None  # canaries: give what is wrong, or nothing

    # Zygote

    def start(self) -> None:
        self.zygote = self._start()

    def _start(self) -> Zygote:
        zygote = Zygote.start(self.profile, self.plan)
        self.zygotes += 1
        self.loop.watch(zygote.sock, lambda: self._hear(zygote))
        return zygote

    @property
    def warm(self) -> bool:
        """The zygote has forked at least one child that is or was ready."""
        return self.zygote is not None and self.proven

    def tick(self) -> None:
        if self.zygote is None and not self.unavailable and time.monotonic() >= self.restart_at:
            self.start()
        if self.wanted > self.sizes.standby and time.monotonic() > self.missed_at + CALM_SECONDS:
            self.wanted, self.missed_at = self.wanted - 1, time.monotonic()
        self._end_surplus()

    def stop(self) -> None:
        for zygote in (self.zygote, self.successor, *self.retired):
            if zygote is not None:
                self._lose(zygote, restart=False)

    def _hear(self, zygote: Zygote) -> None:
        try:
            message, descriptors = control.receive(zygote.sock)
        except control.Closed:
            self._lose(zygote, restart=True)
            return
        if "ready" in message:
            zygote.versions = message["ready"]
            self._promote(zygote)
        elif "failed" in message:
            zygote.failure, zygote.missing = message["failed"], "missing" in message
        elif "child" in message:
            self._adopt(zygote, message["child"], *descriptors)
        elif "exited" in message:
            self._bury(zygote, message)

    def _promote(self, zygote: Zygote) -> None:
        """A zygote is warm. A successor takes over; the old one goes when its last child has ended."""
        if zygote is self.successor:
            if self.zygote is not None:
                self.retired.append(self.zygote)
            self.zygote, self.successor = zygote, None
            self._let_go()
        self.replenish()

    def _let_go(self) -> None:
        for zygote in [zygote for zygote in self.retired if not zygote.children]:
            self._lose(zygote, restart=False)

    def _lose(self, zygote: Zygote, *, restart: bool) -> None:
        """The zygote is gone, and with it all of its children."""
        self.loop.forget(zygote.sock)
        zygote.stop()
        if zygote in self.retired:
            self.retired.remove(zygote)
        elif zygote is self.successor:
            self.successor = None
        else:
            self.zygote, self.proven = None, False
        self.ready = deque(child for child in self.ready if child.zygote is not zygote)
        for child in list(zygote.children.values()):
            fault = {"exited": child.number, "code": 0, "cpu": 0.0, "fault": "its zygote ended"}
            self._bury(zygote, fault)
        if restart:
            self._count_failure(zygote)
            self.on_gone()

    def _count_failure(self, zygote: Zygote) -> None:
        self.failures += 1
        self.faults += 1
        reason = zygote.failure or "it ended without a word"
        log.error("the %s zygote ended: %s", self.profile, reason)
        if zygote.missing:
            self.unavailable = "PyTorch is not installed" if self.profile != "numpy" else reason
        elif self.failures >= MAX_START_FAILURES:
            self.unavailable = (
                f"the {self.profile} zygote failed {self.failures} times, last because: {reason}"
            )
        self.restart_at = time.monotonic() + min(5.0, 0.1 * 2**self.failures)

    # Children

    def replenish(self, extra: int = 0) -> None:
        """Ask for as many children as are missing."""
        zygote = self.zygote
        if zygote is None or zygote.versions is None or self.unavailable:
            return
        ready = sum(child.zygote is zygote for child in self.ready)  # those of a retired one do not count
        while ready + zygote.asked < self.wanted + extra:
            self._ask(zygote)
        self._recycle(zygote)

    def _ask(self, zygote: Zygote, **more: Any) -> int:
        """Ask for one child; gives its number."""
        self.numbers += 1
        zygote.asked += 1
        zygote.forked += 1
        zygote.tell({"fork": self.numbers, **more})
        return self.numbers

    def _recycle(self, zygote: Zygote) -> None:
        if zygote.forked >= self.sizes.recycle_after and self.successor is None:
            self.successor = self._start()

    def take(self) -> Child | None:
        """A child that is ready, or None, which is noted as demand; the caller owns it."""
        while self.ready:
            child = self.ready.popleft()
            if child.ended is None and not child.has_exited(0):
                return child
        self.missed_at = time.monotonic()
        self.wanted = min(self.wanted + 1, self.sizes.most_standby)
        return None

    def _adopt(self, zygote: Zygote, number: int, channel: int, pidfd: int) -> None:
        try:
            pid = pid_of(pidfd)
        except OSError:  # it has ended already, and its zygote is about to say so
            pid = 0
        child = Child(number, zygote, socket.socket(fileno=channel), pidfd, pid, None)
        zygote.children[number] = child
        groups = self.groups
        if groups is None or pid == 0:
            self._await_greeting(child)
        else:
            self.loop.background(
                lambda: groups.admit(f"{self.profile}-{number}", pid),
                lambda future: self._admitted(child, future),
            )

    def _admitted(self, child: Child, future: Future[cgroups.Group]) -> None:
        """The child is in a control group of its own, or cannot be."""
        try:
            child.group = future.result()
        except OSError as error:
            if child.ended is None:
                child.zygote.asked -= 1
                child.kill()
                self._failed(child, f"it could not be put into a control group: {error}")
            return
        if child.ended is None:
            self._await_greeting(child)
        else:
            self.loop.later(child.group.remove)

    def _await_greeting(self, child: Child) -> None:
        self.loop.watch(child.channel, lambda: self._greet(child))

    def _greet(self, child: Child) -> None:
        """The first frame of a child says whether it is locked in."""
        self.loop.forget(child.channel)
        child.zygote.asked -= 1
        problem = _greeting(child.channel)
        if problem:
            child.kill()
            self._failed(child, problem)
            return
        if self.trial is not None and not child.zygote.tried:
            self._try(child, self.trial)
            return
        child.ready = self.proven = True
        self.failures = 0
        self._became_ready(child)
        self.ready.append(child)
        self.on_ready()
        self._end_surplus()

    def _end_surplus(self) -> None:
        """Those nobody came for (who asked has left, or demand has fallen), a retired zygote's first."""
        surplus = max(0, len(self.ready) - self.most_ready)
        waiting = sorted(self.ready, key=lambda child: child.zygote not in self.retired)
        for child in waiting[:surplus]:
            self.ready.remove(child)
            child.kill()

    def _try(self, child: Child, trial: Callable[[Child], str]) -> None:
        """Spend a zygote's first child on the canaries: a sandbox that lets one through serves nobody."""
        child.zygote.tried = True
        problem = trial(child)
        child.kill()
        if problem:
            self.refused = True
            self.unavailable = problem
            self._refuse(child.zygote, problem)
        else:
            self.replenish()

    # What a pool with places of its own does otherwise (`gpu_pool.py`)

    @property
    def most_ready(self) -> int:
        """How many children may wait."""
        return self.wanted

    @property
    def tier(self) -> str:
        """What the sessions of this profile are told that they run in."""
        return self.plan.tier

    def status(self) -> dict[str, Any]:
        """What the runner's status says of this profile besides."""
        return {}

    def begin(self, child: Child, device_memory_mb: int) -> None:
        """A session begins in a child that was taken."""

    def shaken(self, child: Child) -> None:
        """A session says that its device failed."""

    def _became_ready(self, child: Child) -> None:
        """A child waits."""

    def _failed(self, child: Child, problem: str) -> None:
        """A child could not lock itself in."""
        self._refuse(child.zygote, problem)

    def _refuse(self, zygote: Zygote, problem: str) -> None:
        log.error("a %s child could not be sandboxed: %s", self.profile, problem)
        zygote.failure = problem
        self._lose(zygote, restart=True)

    def _bury(self, zygote: Zygote, report: dict[str, Any]) -> None:
        child = zygote.children.pop(report["exited"], None)
        if child is None:
            return
        if not child.ready:
            self.loop.forget(child.channel)
        child.settle(report)
        if child in self.ready:
            self.ready.remove(child)
            child.close()
            self.replenish()
        elif child.on_end is not None:
            child.on_end(child)
        else:
            child.close()
        if child.group is not None:
            self.loop.later(child.group.remove)
        self._let_go()


def _greeting(channel: socket.socket) -> str:
    """What is wrong with a child, or nothing."""
    from_child = Channel(channel)
    try:
        return from_child.greeting(seconds=5)
    except Gone:
        return "it ended while it was locking itself in"
