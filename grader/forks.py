"""Keeps the worker's main process from forking while one of its threads talks to the database.

Celery forks a new pool process whenever one has died. A child that is forked beside an open SQLite
connection, or while another thread holds one of SQLite's locks, takes over their state and may hang or,
worse, believe that it holds a lock on the file.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_lock = threading.RLock()  # of the thread that forks, too: it may itself be inside `held_off`
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


@contextmanager
def held_off() -> Iterator[None]:
    """Database work of a thread beside Celery; its connection is closed before forks go on."""
    with _lock:
        try:
            yield
        finally:
            connection.close()
