"""What the worker's main process does besides Celery: it keeps the runner alive and gives signs of life.

One thread a worker. In the embedded default it starts the runner and starts it again when it dies;
where the runner is a service of its own (STRIDE_RUNNER_EMBEDDED=0) it only asks how it is. What it
finds goes into the worker's `WorkerBeat` row, which `/readyz` and the pages read: asking workers
through the broker would be slow on the file-system broker and impossible while all processes are
busy.
"""

import contextlib
import logging
import subprocess
import threading
import time
from collections.abc import Iterable
from typing import Any

from celery import bootsteps
from celery.worker import WorkController
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from grader import forks
from grader.engine import Engine, errors, spawn
from grader.models import WorkerBeat

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.5
CHECK_SECONDS = 0.5
STOP_SECONDS = 5
STATUS_SECONDS = 3
LONGEST_PAUSE_SECONDS = 30


class Supervisor(threading.Thread):
    """Keeps the runner alive and writes the worker's beats until `stop`."""

    def __init__(self, name: str, queues: Iterable[str] = ()) -> None:
        super().__init__(name="supervisor", daemon=True)
        self.worker_name = name
        self.queues = sorted(queues)
        self.started = timezone.now()
        self.runner_starts = 0
        self.stopped = threading.Event()
        self.runner: subprocess.Popen[bytes] | None = None
        self.pause = 0.0
        self.start_again_at = 0.0
        self.beat_at = 0.0

    def run(self) -> None:
        self.forget_predecessor()
        while not self.stopped.is_set():
            if settings.RUNNER_EMBEDDED:
                self.keep_runner()
            if time.monotonic() >= self.beat_at:
                self.beat()
            self.stopped.wait(CHECK_SECONDS)

    def forget_predecessor(self) -> None:
        """A worker of this name that was killed could not withdraw its sign of life."""
        try:
            with forks.held_off():
                WorkerBeat.objects.filter(name=self.worker_name).delete()
        except DatabaseError as error:
            log.warning("an old sign of life could not be withdrawn: %s", error)

    def keep_runner(self) -> None:
        """Start the runner if it isn't running; after repeated deaths with growing pauses."""
        if self.runner is not None and self.runner.poll() is None:
            return
        if self.runner is not None:
            log.error("the runner ended with status %s; starting it again", self.runner.returncode)
            self.runner = None
            self._wait_longer()
        if time.monotonic() < self.start_again_at:
            return
        try:
            self.runner = spawn.start_runner(
                settings.RUNNER_SOCKET, tuple(settings.RUNNER_PROFILES), log_format=settings.LOG_FORMAT
            )
        except (errors.EngineError, OSError) as error:
            log.error("the runner does not start: %s", error)
            self._wait_longer()
            return
        self.runner_starts += 1
        log.info("the runner answers on %s", settings.RUNNER_SOCKET)
        self.beat_at = 0.0

    def _wait_longer(self) -> None:
        self.start_again_at = time.monotonic() + self.pause
        self.pause = min(LONGEST_PAUSE_SECONDS, 2 * self.pause + 0.5)

    def beat(self) -> None:
        self.beat_at = time.monotonic() + BEAT_SECONDS
        status = runner_status()
        if status is not None:
            self.pause = 0.0
        try:
            with forks.held_off():
                WorkerBeat.objects.update_or_create(name=self.worker_name, defaults=self._signs(status))
        except DatabaseError as error:
            log.warning("no sign of life could be written: %s", error)

    def _signs(self, status: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "at": timezone.now(),
            "runner": status,
            "started": self.started,
            "queues": self.queues,
            "version": settings.VERSION,
            "runner_starts": self.runner_starts,
        }

    def stop(self) -> None:
        """End the thread, then the runner, and withdraw the sign of life."""
        self.stopped.set()
        self.join(STOP_SECONDS)
        if self.runner is not None:
            end(self.runner)
        with contextlib.suppress(DatabaseError), forks.held_off():
            WorkerBeat.objects.filter(name=self.worker_name).delete()


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process to end, then make it."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def runner_status() -> dict[str, Any] | None:
    """What the runner says of itself; None while it doesn't answer."""
    try:
        return Engine(settings.RUNNER_SOCKET, wait_seconds=STATUS_SECONDS).status()
    except errors.EngineError:
        return None


class SupervisionStep(bootsteps.StartStopStep):
    """Ties the supervisor to the worker's life, after the pool: few processes are forked beside it."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: WorkController, **options: Any) -> None:
        super().__init__(parent, **options)
        self.supervisor: Supervisor | None = None

    def start(self, parent: WorkController) -> None:
        self.supervisor = Supervisor(parent.hostname, parent.app.amqp.queues.consume_from)
        self.supervisor.start()

    def stop(self, parent: WorkController) -> None:
        if self.supervisor is not None:
            self.supervisor.stop()
            self.supervisor = None

    terminate = stop
