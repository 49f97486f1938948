"""A small event loop: callbacks on readable files, a clock tick, jobs that are repeated until they succeed,
and jobs that wait for the kernel and are done beside it.
"""

import contextlib
import logging
import os
import selectors
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

log = logging.getLogger("stride.runner")
TICK_SECONDS = 0.25
RETRY_SECONDS = 0.01
WORKERS = 2


class Loop:
    """Runs in one thread until `stop`; signals TERM and INT stop it."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.retries: list[Callable[[], bool]] = []
        self.ticks: list[Callable[[], None]] = []
        self.running = True
        self.finished: deque[Callable[[], object]] = deque()
        self.workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="background")
        self.waking, self.waker = os.pipe()
        os.set_blocking(self.waker, False)
        self.watch(self.waking, self._continue)

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

    def background(self, job: Callable[[], Any], then: Callable[[Future[Any]], object]) -> None:
        """Do a job that mostly waits in a thread; `then` gets its future in the loop."""
        future = self.workers.submit(job)
        future.add_done_callback(lambda done: self._hand_in(lambda: then(done)))

    def _hand_in(self, callback: Callable[[], object]) -> None:
        self.finished.append(callback)
        with contextlib.suppress(BlockingIOError):  # full: it will wake up anyway
            os.write(self.waker, b"+")

    def _continue(self) -> None:
        os.read(self.waking, 4096)
        while self.finished:
            self._call(self.finished.popleft())

    def close(self) -> None:
        """Wait for what is done in the background."""
        self.workers.shutdown()

    def stop(self, *_: object) -> None:
        self.running = False

    def catch_signals(self) -> None:
        """A signal wakes the selector through the pipe."""
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
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
