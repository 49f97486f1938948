"""Messages to the queues. A message is a permit to grade one submission of its queue; the rows say which.

Whoever stores a submission sends one permit. A permit may be lost, or come twice: the sweeper compares
the rows that wait with the permits that lie in the broker and sends what is missing; one too many finds
nothing to do.
"""

import logging
from collections import Counter
from datetime import timedelta

from celery import current_app
from django.db.models import Q
from django.utils import timezone
from kombu import Connection
from kombu.exceptions import ChannelError, OperationalError

from grader.models import Regrade, Submission

log = logging.getLogger(__name__)

TASK = "grader.tasks.grade"
ON_ITS_WAY_SECONDS = 2  # the web process sends the first permit itself; the sweeper when that failed
CONNECT_SECONDS = 3
BROKER_ERRORS = (OperationalError, ChannelError, OSError)


def _send(queue: str, connection: Connection | None = None) -> None:
    current_app.send_task(
        TASK, args=[queue], queue=queue, retry=False, ignore_result=True, connection=connection
    )


def send(queue: str) -> bool:
    """Send one permit; False when the broker doesn't take it. A page may be waiting: never takes long."""
    try:
        _send(queue)
    except BROKER_ERRORS as error:
        log.warning("the broker took no message for the queue %s: %s", queue, error)
        return False
    return True


def top_up() -> int:
    """Send the permits that are missing; gives how many. Does not talk to the broker when nothing waits."""
    waiting = _waiting()
    if not waiting:
        return 0
    sent = 0
    try:
        with current_app.connection_for_write(connect_timeout=CONNECT_SECONDS) as connection:
            for queue, number in waiting.items():
                for _ in range(number - _permits(connection, queue)):
                    _send(queue, connection)
                    sent += 1
    except BROKER_ERRORS as error:
        log.warning("the broker does not answer; waiting submissions stay queued: %s", error)
    if sent:
        log.info("sent %d messages that were missing", sent)
    return sent


def _waiting() -> Counter[str]:
    """How many rows of each queue wait for a worker, without those whose permit is just being sent."""
    now = timezone.now()
    settled = Q(attempt__gt=0) | Q(created__lte=now - timedelta(seconds=ON_ITS_WAY_SECONDS))
    rows = Submission.objects.waiting(now).filter(settled)
    return Counter(rows.order_by().values_list("queue", flat=True))


def _permits(connection: Connection, queue: str) -> int:
    """How many permits lie in the broker. Those that a worker holds are being carried out.

    Each regrade under way may have a message there, too. Counting one too few does no harm: what is sent
    then is counted the next time.
    """
    regrades = Regrade.objects.filter(queue=queue, state__in=Regrade.ACTIVE).count()
    try:
        messages = int(connection.default_channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:  # Redis knows no empty queues
        return 0
    return max(0, messages - regrades)
