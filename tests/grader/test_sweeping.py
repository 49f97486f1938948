"""What each worker's main process does beside Celery: sweeping, and no fork beside database work."""

import os
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from grader import forks, lifecycle, sweeping
from grader.models import Submission
from tests.clocks import eventually


@pytest.mark.django_db
def test_a_sweep_queues_again_what_a_dead_worker_left(make_submission):
    claimed = lifecycle.claim(make_submission().pk)
    Submission.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweeping.sweep()
    claimed.refresh_from_db()
    assert claimed.state == "queued"


def test_a_sweeper_outlives_a_sweep_that_fails(monkeypatch, settings):
    settings.SWEEP_SECONDS = 0.01
    rounds = []

    def fails() -> None:
        rounds.append(len(rounds))
        raise RuntimeError("something that nobody thought of")

    monkeypatch.setattr(sweeping, "sweep", fails)
    sweeper = sweeping.Sweeper()
    sweeper.start()
    assert eventually(lambda: len(rounds) >= 3)
    sweeper.stop()
    assert not sweeper.is_alive()


def test_a_fork_waits_for_a_thread_that_works_at_the_database():
    begun, done = threading.Event(), threading.Event()

    def work() -> None:
        with forks.held_off():
            begun.set()
            time.sleep(0.2)
            done.set()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    child = os.fork()
    if child == 0:
        os._exit(0 if done.is_set() else 1)
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_child_may_hold_off_forks_itself():
    """The lock that the parent held while it forked is free on both sides."""
    child = os.fork()
    if child == 0:
        with forks.held_off():
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    with forks.held_off():
        pass
