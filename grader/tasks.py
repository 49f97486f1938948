"""Celery tasks: thin, because a message is only a permit; the rules stand in `grader.lifecycle`."""

from celery import shared_task

from grader import hints, judging, lifecycle, regrade_runs


@shared_task(name=hints.TASK)
def grade(queue: str) -> None:
    """Judge the submission of the queue whose turn it is, if any waits."""
    submission = lifecycle.claim_next(queue)
    if submission is not None:
        judging.carry_out(submission)


@shared_task(name=regrade_runs.TASK)
def regrade(regrade_id: str, hint: int) -> None:
    """Work at a regrade for a moment."""
    regrade_runs.step(regrade_id, hint)
