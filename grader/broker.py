"""The file-system broker with messages that appear whole.

kombu's own writes a message under its final name, so that a worker that looks at the wrong moment takes
an empty file and the message is lost; that happens on a busy machine. Here a message is written under
another name and then renamed. Chosen by `CELERY_BROKER_TRANSPORT` in the settings.
"""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel whose `_put` is atomic."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        key = uuid.uuid4()
        unfinished = folder / f".{key}.unfinished"
        try:
            unfinished.write_text(dumps(payload))
            os.rename(unfinished, folder / f"{round(time.monotonic() * 1000)}_{key}.{queue}.msg")
        except OSError as error:
            raise ChannelError(f"Cannot add a message to {folder}: {error}") from error


class Transport(filesystem.Transport):
    """kombu's file-system transport with our channel."""

    Channel = Channel
