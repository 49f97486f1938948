"""What the site is doing now: queues, workers, times, faults. For the staff's page and the metrics.

All of it is read from rows that every process shares: which process answers makes no difference.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min
from django.utils import timezone

from grader import beats
from grader.models import Fault, Submission, WorkerBeat

State = Submission.State

DAY_SECONDS = 86_400
PACE_ROWS = 20_000  # the newest of the day are enough for percentiles
PACE_CACHE_SECONDS = 30
LONG_WAIT_SECONDS = 60
DEFAULT_QUEUE = "cpu"


@dataclass(frozen=True)
class Queue:
    """What waits in a queue and what is being graded; `oldest_seconds` is the longest wait so far."""

    name: str
    queued: int
    running: int
    oldest_seconds: float
    workers: int


def queues(workers: Iterable["Worker"]) -> list[Queue]:
    """Every queue that is served or in which something waits."""
    now = timezone.now()
    rows = Submission.objects.unfinished().order_by().values("queue", "state")
    counts = {
        (row["queue"], row["state"]): (row["number"], row["oldest"])
        for row in rows.annotate(number=Count("pk"), oldest=Min("created"))
    }
    served = [name for worker in workers if worker.alive for name in worker.queues]
    found = []
    for name in sorted({DEFAULT_QUEUE, *served, *(queue for queue, _ in counts)}):
        queued, oldest = counts.get((name, State.QUEUED), (0, now))
        running, _ = counts.get((name, State.RUNNING), (0, now))
        waits = max(0.0, (now - oldest).total_seconds())
        found.append(Queue(name, queued, running, waits, served.count(name)))
    return found


@dataclass(frozen=True)
class Gpu:
    """One GPU of a runner's CUDA profile; `problem` says why it is not used."""

    name: str
    node: str
    busy: bool
    used_mb: int
    memory_mb: int
    problem: str

    @classmethod
    def read(cls, said: dict[str, Any]) -> "Gpu":
        return cls(
            name=str(said.get("name") or "GPU"),
            node=str(said.get("node") or ""),
            busy=bool(said.get("busy")),
            used_mb=int(said.get("used_mb") or 0),
            memory_mb=int(said.get("memory_mb") or 0),
            problem=str(said.get("problem") or ""),
        )


@dataclass(frozen=True)
class Profile:
    """One set of libraries that a runner keeps warm."""

    name: str
    ready: bool
    standby: int
    unavailable: str
    versions: str
    gpus: list[Gpu] = field(default_factory=list)

    @classmethod
    def read(cls, name: str, said: dict[str, Any]) -> "Profile":
        return cls(
            name=name,
            ready=bool(said.get("ready")),
            standby=int(said.get("standby") or 0),
            unavailable=str(said.get("unavailable") or ""),
            versions=", ".join(f"{key} {value}" for key, value in (said.get("versions") or {}).items()),
            gpus=[Gpu.read(gpu) for gpu in said.get("gpus") or []],
        )


@dataclass(frozen=True)
class Runner:
    """What a runner said of itself at its worker's last beat."""

    tier: str
    missing: list[str]
    busy: int
    places: int
    profiles: list[Profile]
    counters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, status: dict[str, Any]) -> "Runner":
        """From `Engine.status()`, whichever version of the runner it came from."""
        profiles = [Profile.read(str(name), said) for name, said in (status.get("profiles") or {}).items()]
        return cls(
            tier=str(status.get("tier") or "unknown"),
            missing=[str(name) for name in status.get("missing") or []],
            busy=int(status.get("busy") or 0),
            places=int(status.get("jobs") or 0),
            profiles=profiles,
            counters={str(key): int(value) for key, value in (status.get("counters") or {}).items()},
        )


@dataclass(frozen=True)
class Worker:
    """A worker, alive or gone without saying so."""

    name: str
    alive: bool
    at: datetime
    started: datetime
    version: str
    queues: list[str]
    runner_starts: int
    runner: Runner | None

    @property
    def gpus(self) -> list[Gpu]:
        """Those of all profiles of its runner."""
        return [gpu for profile in self.runner.profiles for gpu in profile.gpus] if self.runner else []

    @property
    def runner_restarts(self) -> int:
        """How often the runner had to be started again."""
        return max(0, self.runner_starts - 1)


def workers() -> list[Worker]:
    """Those that live and those that died within the last day; the living ones first."""
    alive_since = timezone.now() - timedelta(seconds=beats.ALIVE_SECONDS)
    found = [_worker(beat, beat.at >= alive_since) for beat in WorkerBeat.objects.all()]
    return sorted(found, key=lambda worker: (not worker.alive, worker.name))


def _worker(beat: WorkerBeat, alive: bool) -> Worker:
    return Worker(
        name=beat.name,
        alive=alive,
        at=beat.at,
        started=beat.started,
        version=beat.version,
        queues=list(beat.queues),
        runner_starts=beat.runner_starts,
        runner=Runner.read(beat.runner) if beat.runner else None,
    )


@dataclass(frozen=True)
class Pace:
    """How long submissions of an exercise took in the last day: from taken to verdict, in seconds."""

    exercise: str
    count: int
    half: float
    most: float
    wait: float


def paces() -> list[Pace]:
    """The exercises of the last day, the most graded first; computed twice a minute at most."""
    found: list[Pace] | None = cache.get("grader:paces")
    if found is None:
        found = _paces(timezone.now() - timedelta(seconds=DAY_SECONDS))
        cache.set("grader:paces", found, PACE_CACHE_SECONDS)
    return found


def _paces(since: datetime) -> list[Pace]:
    rows = Submission.objects.filter(finished__gte=since, started__isnull=False).order_by("-finished")
    times: dict[str, list[tuple[float, float]]] = {}
    for exercise, created, started, finished in rows.values_list(
        "exercise", "created", "started", "finished"
    )[:PACE_ROWS]:
        if started is None or finished is None:  # the filter lets none of these through
            continue
        took = (finished - started).total_seconds(), (started - created).total_seconds()
        times.setdefault(exercise, []).append(took)
    found = []
    for exercise, pairs in times.items():
        grades, waits = ([max(0.0, pair[index]) for pair in pairs] for index in (0, 1))
        found.append(
            Pace(exercise, len(pairs), percentile(grades, 50), percentile(grades, 95), percentile(waits, 95))
        )
    return sorted(found, key=lambda pace: (-pace.count, pace.exercise))


def percentile(values: list[float], percent: int) -> float:
    """Interpolated between the values; of a single one that one."""
    return values[0] if len(values) == 1 else quantiles(values, n=100, method="inclusive")[percent - 1]


def last_faults(number: int = 20) -> list[Fault]:
    """The newest faults of ours."""
    return list(
        Fault.objects.select_related("submission").defer("submission__source", "submission__report")[:number]
    )


@dataclass(frozen=True)
class Problem:
    """Something that an operator should look at; `tone` is bad (nothing or not all is graded) or warn."""

    tone: str
    text: str


class Now:
    """The state at this moment, for one page; each part is looked up when it is asked for."""

    def __init__(self) -> None:
        self.at = timezone.now()

    @cached_property
    def workers(self) -> list[Worker]:
        return workers()

    @cached_property
    def live(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.alive]

    @cached_property
    def queues(self) -> list[Queue]:
        return queues(self.workers)

    @property
    def queued(self) -> int:
        return sum(queue.queued for queue in self.queues)

    @property
    def running(self) -> int:
        return sum(queue.running for queue in self.queues)

    @property
    def oldest_seconds(self) -> float | None:
        return max((queue.oldest_seconds for queue in self.queues if queue.queued), default=None)

    @cached_property
    def paces(self) -> list[Pace]:
        return paces()

    @cached_property
    def faults(self) -> list[Fault]:
        return last_faults()

    @cached_property
    def faults_of_the_day(self) -> int:
        return Fault.objects.filter(at__gte=self.at - timedelta(seconds=DAY_SECONDS)).count()

    @property
    def problems(self) -> list[Problem]:
        """The worst first."""
        found = [*self._missing(), *self._runners(), *self._slow()]
        return sorted(found, key=lambda problem: problem.tone != "bad")

    def _missing(self) -> Iterator[Problem]:
        if not self.live:
            yield Problem("bad", "No worker gives signs of life: nothing is graded.")
        for queue in self.queues:
            if self.live and queue.queued and not queue.workers:
                yield Problem(
                    "bad", f"No worker serves the queue {queue.name}, in which {queue.queued} wait."
                )
        if others := sorted({worker.version for worker in self.live} - {settings.VERSION}):
            names = ", ".join(name or "unknown" for name in others)
            yield Problem("warn", f"Workers run {names}, this page {settings.VERSION}: restart the older.")

    def _runners(self) -> Iterator[Problem]:
        for worker in self.live:
            if worker.runner is None:
                yield Problem("bad", f"The runner of {worker.name} does not answer.")
                continue
            runner = worker.runner
            if runner.tier != "full":
                missing = f" Missing: {', '.join(runner.missing)}." if runner.missing else ""
                tone = "warn" if runner.tier == "reduced" else "bad"
                yield Problem(tone, f"{worker.name}: the sandbox's tier is {runner.tier}.{missing}")
            for profile in runner.profiles:
                if profile.unavailable:
                    yield Problem("warn", f"{worker.name}: no {profile.name}, since {profile.unavailable}.")
                for gpu in profile.gpus:
                    if gpu.problem:
                        yield Problem("warn", f"{worker.name}: {gpu.name} {gpu.node}: {gpu.problem}.")

    def _slow(self) -> Iterator[Problem]:
        for queue in self.queues:
            if queue.queued and queue.oldest_seconds > LONG_WAIT_SECONDS:
                waits = f"{queue.oldest_seconds / 60:.0f} minutes"
                yield Problem("warn", f"The oldest submission in the queue {queue.name} has waited {waits}.")
        recent = Fault.objects.filter(at__gte=self.at - timedelta(hours=1)).count()
        if recent:
            faults = "fault" if recent == 1 else "faults"
            yield Problem("warn", f"{recent} {faults} of ours within the last hour; see below.")
