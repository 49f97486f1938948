"""A small event loop: callbacks on readable files, a clock tick, and jobs that are repeated until they
succeed.
"""

import logging
import os
import selectors
import signal
from collections.abc import Callable
from typing import Any

log = logging.getLogger("stride.runner")
TICK_SECONDS = 0.25
RETRY_SECONDS = 0.01


class Loop:
    """Runs in one thread until `stop`; signals TERM and INT stop it."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.retries: list[Callable[[], bool]] = []
        self.ticks: list[Callable[[], None]] = []
        self.running = True

    def watch(self, file: Any, callback: Callable[[], object]) -> None:
        self.selector.register(file, selectors.EVENT_READ, callback)

    def forget(self, file: Any) -> None:
        try:
            self.selector.unregister(file)
        except (KeyError, ValueError):  # never watched, or closed already
            return

    def later(self, job: Callable[[], bool]) -> None:
        """Do it now, and again until it gives True."""
        if not job():
            self.retries.append(job)

    def stop(self, *_: object) -> None:
        self.running = False

    def catch_signals(self) -> None:
        """A signal wakes the selector through a pipe."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        self.watch(reader, lambda: os.read(reader, 64))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def _call(self, callback: Callable[[], object]) -> None:
        try:
            callback()
        except Exception:  # one client's trouble must not end the others' sessions
            log.exception("a callback failed")

    def run(self) -> None:
        while self.running:
            for key, _ in self.selector.select(RETRY_SECONDS if self.retries else TICK_SECONDS):
                if key.fd in self.selector.get_map():  # an earlier callback may have forgotten it
                    self._call(key.data)
            self.retries = [job for job in self.retries if not job()]
            for tick in self.ticks:
                tick()
