"""Runs mutants of a model answer against the cases, in forked processes: a mutant may loop for ever, fill the
memory, recurse without end or kill its process, and counts as rejected for it.

A forked worker takes mutants one after the other and reports each on a pipe. If it dies, the mutant that it
was at is rejected and the next worker goes on behind it.
"""

import faulthandler
import os
import resource
import selectors
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exercises.catalogue import Exercise, ExerciseError
from exercises.dsl import Case
from exercises.failure import Failure
from exercises.local import LocalCandidate
from exercises.proof.answers import verdict_cases
from exercises.proof.mutants import Mutant

SLOWER = 20  # times the model answer's own CPU time in a case ...
GRACE = 0.5  # ... and seconds on top, after which a mutant counts as rejected
PATIENCE = 20.0  # seconds of wall time on top of all CPU time: for one that waits for what never comes
MEMORY_MB = 1024  # on top of what is in use, or the exercise's own limit if larger
DIED = "ended its process"


@dataclass(frozen=True)
class Run:
    """A case with a seed, and the CPU seconds that a mutant has for it."""

    case: Case
    seed: int
    seconds: float


def trials(
    exercise: Exercise, source: str, mutants: Sequence[Mutant], seeds: Sequence[int], workers: int = 1
) -> dict[Mutant, str]:
    """What rejects each mutant of this model answer: a case's name, or how it ended; empty if nothing does.

    Cases for a GPU are left out: here they would only repeat those on the CPU.
    """
    cases = [case for case in verdict_cases(exercise, source) if case.device == exercise.devices[0]]
    runs = _runs(exercise, source, cases, seeds)
    unchanged = Mutant("", "", 0, "", "", source)
    queues = [deque([unchanged, *mutants[start::workers]]) for start in range(min(workers, len(mutants)))]
    found = _collected([_Worker(exercise, runs, queue) for queue in queues])
    if found.get(unchanged):
        raise ExerciseError(f"a forked process rejects the model answer itself: {found[unchanged]}")
    return {mutant: found[mutant] for mutant in mutants}


def _runs(exercise: Exercise, source: str, cases: Sequence[Case], seeds: Sequence[int]) -> list[Run]:
    """The first seed quickest case first, then the others, which only hidden cases can tell from it."""
    spent = {}
    for case in cases:
        begun = time.process_time()
        case.run(LocalCandidate(source, "solution", exercise.provided), seeds[0])
        spent[case.name] = time.process_time() - begun
    order = sorted(cases, key=lambda case: spent[case.name])
    return [
        Run(case, seed, SLOWER * spent[case.name] + GRACE)
        for seed in seeds
        for case in order
        if seed == seeds[0] or not case.visible
    ]


class _Worker:
    """A queue of mutants and the process that is at the first of them."""

    def __init__(self, exercise: Exercise, runs: Sequence[Run], queue: deque[Mutant]) -> None:
        self.exercise = exercise
        self.runs = runs
        self.queue = queue
        self.patience = PATIENCE + sum(run.seconds for run in runs)
        self.start()

    def start(self) -> None:
        """Fork a process for what is in the queue."""
        self.pipe, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # threads of a BLAS are none of ours
            self.pid = os.fork()
        if self.pid == 0:
            _work(self.exercise, self.runs, self.queue, writing)
        os.close(writing)
        self.buffer = b""
        self.deadline = time.monotonic() + self.patience

    def reports(self) -> Iterator[tuple[Mutant, str]]:
        """What came on the pipe; when the process is gone, a verdict on the mutant that it was at."""
        data = os.read(self.pipe, 65536)
        if not data:
            yield from self._ended()
            return
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.deadline = time.monotonic() + self.patience
            yield self.queue.popleft(), line.decode()

    def _ended(self) -> Iterator[tuple[Mutant, str]]:
        os.close(self.pipe)
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        if self.queue:
            yield self.queue.popleft(), _words(status)
        if self.queue:
            self.start()

    def kill_if_late(self) -> None:
        """End a process that waits for what never comes."""
        if time.monotonic() > self.deadline:
            os.kill(self.pid, signal.SIGKILL)


def _collected(workers: list[_Worker]) -> dict[Mutant, str]:
    """What all workers report."""
    found: dict[Mutant, str] = {}
    while workers:
        with selectors.DefaultSelector() as selector:
            for worker in workers:
                selector.register(worker.pipe, selectors.EVENT_READ, worker)
            ready = [key.data for key, _ in selector.select(timeout=1.0)]
        for worker in ready:
            found.update(worker.reports())
        for worker in workers:
            if worker.pid:
                worker.kill_if_late()
        workers = [worker for worker in workers if worker.pid]
    return found


def _words(status: int) -> str:
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return "out of time"
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return "out of patience or memory"
    return DIED


def _work(exercise: Exercise, runs: Sequence[Run], queue: Sequence[Mutant], pipe: int) -> None:
    """The forked process: never returns."""
    try:
        _restrict(exercise)
        for mutant in list(queue):
            os.write(pipe, _rejection(exercise, runs, mutant).encode() + b"\n")
    finally:
        os._exit(0)


def _restrict(exercise: Exercise) -> None:
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    faulthandler.disable()
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, whatever the mutant catches
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    megabytes = max(exercise.limits.memory_mb, MEMORY_MB)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + megabytes * 2**20,) * 2)


def _address_space() -> int:
    """Bytes of address space in use."""
    with open("/proc/self/statm") as status:
        return int(status.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def _rejection(exercise: Exercise, runs: Sequence[Run], mutant: Mutant) -> str:
    """The case that rejects the mutant; empty if all accept it."""
    for run in runs:
        signal.setitimer(signal.ITIMER_PROF, run.seconds)
        try:
            run.case.run(LocalCandidate(mutant.source, "mutant", exercise.provided), run.seed)
        except BaseException as error:
            return f"{run.case.name}: {_reason(error)}".replace("\n", " ")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def _reason(error: BaseException) -> str:
    return error.message if isinstance(error, Failure) else f"{type(error).__name__}: {error}"[:200]
