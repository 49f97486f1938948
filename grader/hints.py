"""Hints to the queue: "this submission waits". A hint may be lost or come twice; the rows decide."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from grader.lifecycle import REPEAT_HINT_SECONDS
from grader.models import Outbox

log = logging.getLogger(__name__)

TASK = "grader.tasks.grade"


def _send(pk: UUID, queue: str) -> bool:
    """Send one hint; False when the broker doesn't take it. A page may be waiting: never takes long."""
    try:
        current_app.send_task(TASK, args=[str(pk)], queue=queue, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        log.warning("the broker took no hint for submission %s: %s", pk, error)
        return False
    return True


def send_now(pk: UUID, queue: str) -> None:
    """Send the first hint, after the commit; when it fails, the sweeper will send it."""
    if _send(pk, queue):
        Outbox.objects.filter(submission=pk).update(send_after=_later())


def send_due() -> int:
    """Send the hints that were never sent, or that no worker has answered. Gives how many were sent."""
    now = timezone.now()
    due = Outbox.objects.filter(send_after__lte=now).order_by("submission__created")
    sent = 0
    for pk, queue in list(due.values_list("submission_id", "submission__queue")):
        mine = Outbox.objects.filter(submission=pk, send_after__lte=now).update(send_after=_later())
        if not mine:  # another sweeper was faster, or a worker has claimed it
            continue
        if not _send(pk, queue):
            Outbox.objects.filter(submission=pk).update(send_after=now)
            break
        sent += 1
    return sent


def _later() -> datetime:
    return timezone.now() + timedelta(seconds=REPEAT_HINT_SECONDS)
