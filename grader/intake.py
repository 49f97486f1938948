"""Takes submissions in; refuses what can't be stored or is too much, and says what to do."""

import math
from functools import partial

from django.conf import settings
from django.db import transaction

from accounts.models import User
from exercises import catalogue
from grader import capabilities, hints, lifecycle, queues
from grader.models import Submission

BYTE_ORDER_MARK = "\ufeff"
SHORTEST_RETRY, LONGEST_RETRY = 10, 120  # seconds after which a refused submission is sent again


class Refused(Exception):
    """A submission that was not taken; the text is shown to the learner."""

    status = 400
    retry_after: int | None = None


class SourceRefused(Refused):
    """The text can't be stored."""


class TooManyInFlight(Refused):
    """The learner has to wait for a verdict first."""

    status = 429
    retry_after = 5


class QueueFull(Refused):
    """Too many submissions wait, whoever sent them."""

    status = 503

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotGradable(Refused):
    """This installation lacks what the exercise needs."""

    status = 503


def decode_upload(data: bytes) -> str:
    """The text of an uploaded file; raises SourceRefused when it is too large or not UTF-8."""
    check_size(len(data))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        byte = data[error.start]
        raise SourceRefused(
            f"Line {line}: byte 0x{byte:02x} is not UTF-8. Save the file as UTF-8 text and try again."
        ) from None


def check_size(size: int) -> None:
    limit = settings.SOURCE_MAX_BYTES
    if size > limit:
        raise SourceRefused(
            f"The source has {size:,} bytes; at most {limit:,} ({limit // 1024} KiB) are accepted. "
            "Remove data and output that were pasted into it."
        )


def clean_source(source: str) -> str:
    """The source with line ends as Python writes them; raises SourceRefused for what can't be stored.

    A text that is no valid Python is taken all the same: the judge says what is wrong with it.
    """
    source = source.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(source.split("\n"), start=1):
        if "\0" in line:
            raise SourceRefused(
                f"Line {number} contains a NUL character, which no Python source may have. "
                "Delete it, or save the file as plain UTF-8 text."
            )
        if any("\ud800" <= character <= "\udfff" for character in line):
            raise SourceRefused(f"Line {number} contains half of a character (a lone surrogate). Delete it.")
    check_size(len(source.encode()))
    return source


def submit(user: User, exercise: catalogue.Exercise, source: str, kind: str) -> Submission:
    """Store a submission and tell the queue after the commit; raises Refused."""
    source = clean_source(source)
    missing = capabilities.missing_for(exercise, source)
    if missing:
        raise NotGradable(missing)
    queue = capabilities.queue_for(exercise, source, visible_only=kind == Submission.Kind.RUN)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # two requests at once must not both be the last one
        _check_in_flight(user)
        _check_queue(queue)
        submission = Submission(user=user, exercise=exercise.slug, source=source, kind=kind, queue=queue)
        lifecycle.enqueue(submission)
        transaction.on_commit(partial(hints.send, queue), robust=True)
    return submission


def _check_in_flight(user: User) -> None:
    limit = settings.MAX_IN_FLIGHT
    unfinished = Submission.objects.of(user).unfinished().count()
    if unfinished >= limit:
        raise TooManyInFlight(
            f"{unfinished} of your submissions are still being graded, and at most {limit} may be at a time. "
            "Wait for a verdict, then try again."
        )


def _check_queue(queue: str) -> None:
    """Requests at the same moment may go over the limit by their number: that does no harm."""
    limit = settings.MAX_QUEUED
    waiting = queues.length(queue)
    if waiting < limit:
        return
    wait = queues.expected_wait(queue, waiting)
    pace = "" if wait is None else f" At the present pace it would be graded in about {_in_words(wait)}."
    # By then about a tenth of the queue is gone, and not everybody comes back at once for a single place.
    retry_after = min(LONGEST_RETRY, max(SHORTEST_RETRY, math.ceil((wait or 0) / 10)))
    raise QueueFull(
        f"{waiting:,} submissions are waiting to be graded, and at most {limit:,} may.{pace} "
        f"Yours was not taken; your text is kept. Try again in {_in_words(retry_after)}.",
        retry_after,
    )


def _in_words(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, math.ceil(seconds))} seconds"
    return f"{math.ceil(seconds / 60)} minutes"
