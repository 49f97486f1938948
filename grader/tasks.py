"""Celery tasks: thin, because a message is only a hint; the rules stand in `grader.lifecycle`."""

from celery import shared_task

from grader import beats, hints, judging, lifecycle


@shared_task(name=hints.TASK)
def grade(submission_id: str) -> None:
    """Judge a submission unless another worker has it or it is finished."""
    submission = lifecycle.claim(submission_id)
    if submission is not None:
        judging.carry_out(submission)


@shared_task(name="grader.tasks.sweep")
def sweep() -> None:
    """Pick up what dead processes left behind."""
    lifecycle.requeue_lost()
    hints.send_due()
    beats.forget_old()
