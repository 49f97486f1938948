"""The file-system broker with messages that appear and vanish whole.

kombu's own writes a message under its final name, so that a worker that looks at the wrong moment takes
an empty file and the message is lost; that happens on a busy machine. Here a message is written under
another name and then renamed, and taken by a rename within the folder, of which only one worker's
succeeds. Chosen by `CELERY_BROKER_TRANSPORT` in the settings.

It also works with Celery's event loop, which gives each pool process a pipe of its own. Without it they
share one pipe and a lock, and an idle process that is killed takes the lock with it: the others would
wait for ever.
"""

import logging
import os
import time
import uuid
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS = 1.0  # at a folder that could not be read


class Channel(filesystem.Channel):
    """A queue `cpu` is all files that end in `.cpu.msg`, oldest first."""

    look_at = 0.0

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_text(dumps(payload))
            unfinished.rename(folder / name)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            raise ChannelError(f"Cannot add a message to {folder}: {error}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in self._names(folder):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f"{name}.taken-{os.getpid()}"
            try:
                (folder / name).rename(taken)
            except FileNotFoundError:  # another worker was faster
                continue
            text = taken.read_text()
            taken.unlink()
            return loads(text)
        raise Empty

    def _names(self, folder: Path) -> list[str]:
        """The messages, oldest first. A folder that is away is an empty queue until it is back."""
        if time.monotonic() < self.look_at:
            return []
        try:
            return sorted(os.listdir(folder))
        except OSError as error:
            log.warning("the messages in %s cannot be read: %s", folder, error)
            self.look_at = time.monotonic() + LOOK_AGAIN_SECONDS
            return []


class Transport(filesystem.Transport):
    """kombu's file-system transport with our channel."""

    Channel = Channel

    implements = filesystem.Transport.implements.extend(asynchronous=True)
    looking: Any = None

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Look for messages every now and then: a folder has no descriptor that could be waited for."""
        self.looking = loop.call_repeatedly(self.polling_interval, self._look)

    def _look(self) -> None:
        """Deliver what is there, as far as the worker has free processes."""
        with suppress(Empty):
            while self.cycle is not None:
                self.cycle.get(self._deliver)

    def close_connection(self, connection: Any) -> None:
        if self.looking is not None:
            self.looking.cancel()
        super().close_connection(connection)
