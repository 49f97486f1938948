"""The file-system broker with messages that appear and vanish whole.

kombu's own writes a message under its final name, so that a worker that looks at the wrong moment takes
an empty file and the message is lost; that happens on a busy machine. Here a message is written under
another name and then renamed, and taken by a rename within the folder, of which only one worker's
succeeds. Chosen by `CELERY_BROKER_TRANSPORT` in the settings.
"""

import logging
import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = logging.getLogger(__name__)

DRAIN_SECONDS = 0.2
AWAY_SECONDS = 1.0


class Channel(filesystem.Channel):
    """A queue `cpu` is all files that end in `.cpu.msg`, oldest first."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        folder = Path(self.data_folder_out)
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.unfinished"
        try:
            unfinished.write_text(dumps(payload))
            unfinished.rename(folder / name)
        except OSError as error:
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

    @staticmethod
    def _names(folder: Path) -> list[str]:
        """The messages, oldest first. A folder that is away is an empty queue until it is back."""
        try:
            return sorted(os.listdir(folder))
        except OSError as error:
            log.warning("the messages in %s cannot be read: %s", folder, error)
            time.sleep(AWAY_SECONDS)
            return []


class Transport(filesystem.Transport):
    """kombu's file-system transport with our channel."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:
        """Look for messages, but not for long: the worker notices only in between that it is to end."""
        return super().drain_events(connection, min(timeout or DRAIN_SECONDS, DRAIN_SECONDS))
