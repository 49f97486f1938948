"""What each worker's main process does so that no submission stays behind.

A thread, and no Celery task: it needs neither the broker nor a free pool process, so it works just when
one of them is missing. Any number of sweepers may run at once; every step is a conditional update.
"""

import logging
import random
import threading
from typing import Any

from celery import bootsteps
from celery.worker import WorkController
from django.conf import settings
from django.db import DatabaseError

from grader import beats, forks, hints, housekeeping, lifecycle, rerouting

log = logging.getLogger(__name__)

STOP_SECONDS = 5


def sweep() -> None:
    """Queue again what dead processes left behind, and see that there is a message for all that waits."""
    lifecycle.requeue_lost()
    rerouting.leave_unserved_gpu()
    hints.top_up()
    beats.forget_old()
    housekeeping.tidy()


class Sweeper(threading.Thread):
    """Sweeps every few seconds until `stop`; the first time at once: a worker that died may be the reason."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.stopped = threading.Event()

    def run(self) -> None:
        pause = 0.0
        while not self.stopped.wait(pause):
            self.sweep()
            pause = settings.SWEEP_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - several drift apart

    def sweep(self) -> None:
        try:
            with forks.held_off():
                sweep()
        except DatabaseError as error:
            log.warning("lost submissions could not be looked for: %s", error)
        except Exception:  # whatever it was, the next round may go well
            log.exception("lost submissions could not be looked for")

    def stop(self) -> None:
        self.stopped.set()
        self.join(STOP_SECONDS)


class SweepingStep(bootsteps.StartStopStep):
    """Ties the sweeper to the worker's life."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, parent: WorkController, **options: Any) -> None:
        super().__init__(parent, **options)
        self.sweeper: Sweeper | None = None

    def start(self, parent: WorkController) -> None:
        self.sweeper = Sweeper()
        self.sweeper.start()

    def stop(self, parent: WorkController) -> None:
        if self.sweeper is not None:
            self.sweeper.stop()
            self.sweeper = None

    terminate = stop
