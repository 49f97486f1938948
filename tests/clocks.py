"""Waiting for what must happen, and bounding what work may cost, however busy the machine is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Whether the condition comes true; asked again and again."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


@contextmanager
def little_work(cpu_seconds: float = 0.5) -> Iterator[None]:
    """What this thread does here takes milliseconds where its cost is bounded, and far more where not.

    Time on the processor, which other processes don't change, and not a measurement of speed.
    """
    begin = time.thread_time()
    yield
    assert time.thread_time() - begin < cpu_seconds
