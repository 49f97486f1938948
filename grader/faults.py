"""Faults of ours, kept for the operator: the newest hundreds with their reason, and how many there were."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from grader import storable
from grader.models import Counter, Fault, Submission

log = logging.getLogger(__name__)

KEPT = 500
KEPT_DAYS = 30
LONGEST_TEXT = 2000
COUNTERS = {Fault.Kind.INTERNAL: "internal_errors", Fault.Kind.LEASE: "lease_losses"}


def record(kind: Fault.Kind, pk: UUID, attempt: int, text: str) -> None:
    """Store a fault and count it. Never raises: what can't be stored still stands in the log."""
    try:
        with transaction.atomic():
            exercise = Submission.objects.filter(pk=pk).values_list("exercise", flat=True)
            Fault.objects.create(
                kind=kind,
                submission_id=pk,
                exercise=exercise.first() or "",
                attempt=attempt,
                text=storable.text(text)[:LONGEST_TEXT],
            )
            bump(COUNTERS[kind])
    except DatabaseError as error:
        log.warning("a fault could not be stored: %s", error)


def bump(name: str, by: int = 1) -> None:
    """Add to a counter that /metrics shows."""
    with transaction.atomic():
        Counter.objects.get_or_create(name=name)
        Counter.objects.filter(name=name).update(value=F("value") + by)


def prune() -> None:
    """Forget faults that are older than 30 days, or beyond the newest 500."""
    old = Fault.objects.filter(at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    if old.exists():  # deleting nothing would still wait for SQLite's lock
        old.delete()
    too_many = Fault.objects.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
    for newest_to_go in too_many:
        Fault.objects.filter(pk__lte=newest_to_go).delete()
