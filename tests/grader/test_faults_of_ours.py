"""What a judgement that went wrong through our fault is taken for."""

import threading
import time
from dataclasses import replace

import pytest
from django.db import OperationalError

from grader import judging, lifecycle
from grader.report import CaseReport, Report, Verdict

LATE = Report("a", "1", 7, (CaseReport("late", False, Verdict.TIME_LIMIT, 1, ""),), seconds=1.0)
WRONG = replace(LATE, cases=(CaseReport("wrong", False, Verdict.WRONG_ANSWER, 1, ""),))


@pytest.mark.parametrize(
    ("report", "stood_still", "ours"),
    [(LATE, 0.0, False), (LATE, 0.9, False), (LATE, 4.0, True), (WRONG, 4.0, False)],
)
def test_a_time_limit_counts_only_when_the_worker_was_awake(report, stood_still, ours):
    assert bool(judging._fault_in(report, stood_still)) is ours


def test_an_internal_error_is_a_fault_with_its_reason():
    case = CaseReport("broken", False, Verdict.INTERNAL_ERROR, 1, "")
    assert (
        judging._fault_in(replace(LATE, cases=(case,), fault="the runner broke"), 0.0) == "the runner broke"
    )


def test_the_heartbeat_sees_that_the_process_stood_still(monkeypatch, db, make_submission):
    """The clock jumps on by five seconds between two looks."""
    monkeypatch.setattr(judging, "LOOK_SECONDS", 0.05)
    jump = threading.Event()
    clock = time.monotonic
    monkeypatch.setattr(judging.time, "monotonic", lambda: clock() + 5 * jump.is_set())
    beat = judging.Heartbeat(judging.Progress(make_submission()), at_most_seconds=60)
    beat.start = lambda: None  # the thread's work is done here
    begun = threading.Timer(0.02, jump.set)
    begun.start()
    beat._waited()
    begun.join()
    assert 4.5 < beat.stood_still < 6


def test_an_outcome_is_stored_when_the_database_is_back(monkeypatch, db, make_submission):
    claimed = lifecycle.claim(make_submission().pk)
    monkeypatch.setattr(judging, "STORE_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(judging, "close_old_connections", lambda: None)
    tries = []

    def store() -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("the database is restarting")
        return lifecycle.finish(claimed, {"verdict": "accepted", "score": 1.0})

    assert judging._stored(store)
    claimed.refresh_from_db()
    assert claimed.verdict == "accepted"


def test_an_outcome_is_given_up_when_the_lease_is_over(monkeypatch, settings):
    settings.LEASE_SECONDS = 0
    monkeypatch.setattr(judging, "STORE_AGAIN_SECONDS", 0.01)

    def store() -> bool:
        raise OperationalError("the database is gone")

    with pytest.raises(OperationalError):
        judging._stored(store)
