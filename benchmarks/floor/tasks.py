"""The empty task; it notes when it ran."""

import os
import time

from celery import shared_task
from django.conf import settings

TASK = "benchmarks.floor.ran"
LOG = "floor.log"


@shared_task(name=TASK)
def ran(number: str) -> None:
    """Append the number and the time to a file, in one write so that processes don't mix their lines."""
    log = os.open(settings.VAR_DIR / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(log, f"{number} {time.time()}\n".encode())
    os.close(log)
