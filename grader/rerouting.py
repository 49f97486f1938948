"""Moves what waits for a GPU to the CPU workers when the last GPU worker is gone.

Only exercises that can be judged without one: their cases for a GPU are then not run. What needs a GPU in any
case stays where it is until a worker comes.
"""

from django.db import transaction

from exercises import catalogue
from grader import capabilities, devices, queues
from grader.models import Submission


def leave_unserved_gpu() -> int:
    """Move the submissions that wait in vain; gives how many."""
    waiting = Submission.objects.queued().filter(queue=capabilities.GPU_QUEUE)
    rows = list(waiting.in_turn().select_related("user").only("pk", "exercise", "user", "queue"))
    if not rows or capabilities.gpu_is_served():
        return 0
    return sum(_moved(row) for row in rows if _can_do_without(row.exercise))


def _can_do_without(slug: str) -> bool:
    try:
        return devices.CPU in catalogue.load(slug).devices
    except catalogue.ExerciseError:  # gone or broken: any worker will find that out
        return True


def _moved(row: Submission) -> bool:
    """Change the queue unless a worker has taken it meanwhile."""
    still = Submission.objects.queued().filter(pk=row.pk, queue=capabilities.GPU_QUEUE)
    with transaction.atomic():
        turn = queues.draw(row.user, capabilities.CPU_QUEUE).turn
        return bool(still.update(queue=capabilities.CPU_QUEUE, turn=turn))
