"""Signs of life of the workers, written by `grader.supervision`."""

from datetime import timedelta

from django.utils import timezone

from grader.models import WorkerBeat

ALIVE_SECONDS = 6  # a beat older than this is a worker that died


def live() -> list[WorkerBeat]:
    """The workers that gave a sign of life within the last seconds."""
    return list(WorkerBeat.objects.filter(at__gte=timezone.now() - timedelta(seconds=ALIVE_SECONDS)))


def forget_old() -> None:
    """Remove the rows of workers that died a day ago or earlier."""
    old = WorkerBeat.objects.filter(at__lt=timezone.now() - timedelta(days=1))
    if old.exists():  # deleting nothing would still wait for SQLite's lock
        old.delete()
