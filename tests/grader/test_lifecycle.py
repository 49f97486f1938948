"""Claims, leases and attempts: who may change a submission, and what survives a death."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from queue import Empty

import pytest
from django.utils import timezone

from grader import hints, lifecycle, tasks
from grader.models import PastReport, Regrade, Submission
from tests.grader.conftest import REPORT

pytestmark = pytest.mark.django_db


def expire(submission: Submission) -> None:
    Submission.objects.filter(pk=submission.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def kinds(submission: Submission) -> list[str]:
    return list(submission.events.order_by("seq").values_list("kind", flat=True))


def test_a_new_submission_has_its_first_event(make_submission):
    assert kinds(make_submission()) == ["queued"]


def test_a_claim_takes_the_row_once(make_submission):
    submission = make_submission()
    first = lifecycle.claim(submission.pk)
    assert first is not None
    assert (first.state, first.attempt) == ("running", 1)
    assert first.lease_until > timezone.now()
    assert lifecycle.claim(submission.pk) is None


def test_an_unknown_submission_cannot_be_claimed():
    assert lifecycle.claim("00000000-0000-4000-8000-000000000000") is None


def test_a_finished_submission_cannot_be_claimed(finish):
    assert lifecycle.claim(finish().pk) is None


def test_finishing_stores_the_report_without_the_seed(finish):
    submission = finish()
    assert (submission.state, submission.verdict, submission.score) == ("finished", "wrong_answer", 0.5)
    assert (submission.seconds, submission.memory_mb) == (0.5, 51.5)
    assert "seed" not in submission.report
    assert submission.exercise_version == "v1"
    assert kinds(submission) == ["queued", "running", "finished"]


def test_events_are_numbered_without_gaps(make_submission):
    claimed = lifecycle.claim(make_submission().pk)
    for number in range(1, 4):
        assert lifecycle.progress(claimed, number, 3, "a case")
    lifecycle.finish(claimed, REPORT)
    assert list(claimed.events.values_list("seq", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_an_expired_lease_lets_another_worker_claim(make_submission):
    old = lifecycle.claim(make_submission().pk)
    expire(old)
    lifecycle.requeue_lost()
    new = lifecycle.claim(old.pk)
    assert new is not None
    assert new.attempt == 2


def test_a_live_lease_keeps_other_workers_away(make_submission):
    held = lifecycle.claim(make_submission().pk)
    assert lifecycle.claim(held.pk) is None
    assert lifecycle.claim_next("cpu") is None


def test_a_worker_that_lost_its_lease_changes_nothing(make_submission):
    old = lifecycle.claim(make_submission().pk)
    expire(old)
    lifecycle.requeue_lost()
    new = lifecycle.claim(old.pk)
    assert not lifecycle.renew(old)
    assert not lifecycle.progress(old, 1, 2, "case")
    assert not lifecycle.finish(old, REPORT)
    assert not lifecycle.fail(old, "late")
    assert lifecycle.finish(new, {**REPORT, "verdict": "accepted", "score": 1.0})
    new.refresh_from_db()
    assert new.verdict == "accepted"
    assert kinds(new).count("finished") == 1


def test_a_worker_that_was_swept_away_changes_nothing(make_submission):
    old = lifecycle.claim(make_submission().pk)
    expire(old)
    assert lifecycle.requeue_lost() == 1
    assert not lifecycle.finish(old, REPORT)
    old.refresh_from_db()
    assert old.state == "queued"
    assert lifecycle.claim_next("cpu") == old


def test_renewing_puts_the_lease_off(make_submission):
    claimed = lifecycle.claim(make_submission().pk)
    expire(claimed)
    assert lifecycle.renew(claimed)
    assert lifecycle.requeue_lost() == 0


def test_a_live_lease_is_not_swept(make_submission):
    lifecycle.claim(make_submission().pk)
    assert lifecycle.requeue_lost() == 0


def test_what_kills_its_worker_too_often_ends_as_internal_error(make_submission, settings):
    settings.MAX_ATTEMPTS = 2
    submission = make_submission()
    for _ in range(2):
        claimed = lifecycle.claim(submission.pk)
        expire(claimed)
        lifecycle.requeue_lost()
    submission.refresh_from_db()
    assert (submission.state, submission.verdict) == ("finished", "internal_error")
    assert kinds(submission) == ["queued", "running", "queued", "running", "finished"]


def test_a_fault_of_ours_is_tried_again_after_a_pause(make_submission):
    claimed = lifecycle.claim(make_submission().pk)
    assert lifecycle.fail(claimed, "the runner broke")
    claimed.refresh_from_db()
    assert claimed.state == "queued"
    assert lifecycle.claim_next("cpu") is None
    Submission.objects.update(ready_at=timezone.now())
    assert lifecycle.claim_next("cpu") == claimed


def test_the_last_fault_is_final(make_submission, settings):
    settings.MAX_ATTEMPTS = 1
    claimed = lifecycle.claim(make_submission().pk)
    assert lifecycle.fail(claimed, "the runner broke")
    claimed.refresh_from_db()
    assert claimed.verdict == "internal_error"
    assert "the runner broke" not in str(claimed.report)


def test_a_lowered_limit_of_attempts_leaves_nothing_queued_for_ever(make_submission, settings):
    claimed = lifecycle.claim(make_submission().pk)
    lifecycle.fail(claimed, "once")
    settings.MAX_ATTEMPTS = 1
    assert lifecycle.claim(claimed.pk) is None
    assert lifecycle.requeue_lost() == 1
    claimed.refresh_from_db()
    assert claimed.verdict == "internal_error"


def test_a_report_with_values_that_databases_refuse_is_stored(finish):
    report = {**REPORT, "cases": [{"name": "a\0b\ud800", "verdict": "accepted", "points": 1,
                                   "diff": {"largest_error": float("nan"), "first_wrong": (1, 2)},
                                   "seconds": float("inf")}]}  # fmt: skip
    case = finish(report).report["cases"][0]
    assert case["name"] == "a\\x00b\\ud800"
    assert case["diff"]["largest_error"] == "nan"
    assert case["seconds"] == "inf"


def test_a_huge_report_loses_its_bulk_only(finish):
    case = {**REPORT["cases"][1], "stdout": "x" * 3_000_000}
    stored = finish({**REPORT, "cases": [case]})
    assert stored.report["shortened"] is True
    assert stored.report["cases"][0]["message"] == "values differ"
    assert "stdout" not in stored.report["cases"][0]


def test_a_regrade_keeps_the_old_report(finish):
    submission = finish()
    assert lifecycle.replace_report(submission, {**REPORT, "verdict": "accepted", "score": 1.0}, "v2")
    old = PastReport.objects.get(submission=submission)
    assert (old.verdict, old.score, old.exercise_version) == ("wrong_answer", 0.5, "v1")
    submission.refresh_from_db()
    assert (submission.verdict, submission.exercise_version) == ("accepted", "v2")
    assert kinds(submission)[-1] == "regraded"


def test_of_two_regrades_at_once_only_one_is_stored(finish):
    submission = finish()
    assert lifecycle.replace_report(submission, REPORT, "v2")
    assert not lifecycle.replace_report(submission, REPORT, "v3")
    assert PastReport.objects.count() == 1


class TestHints:
    """With the real file-system broker."""

    @pytest.fixture(autouse=True)
    def own_broker(self, tmp_path, monkeypatch):
        from config import celery_app

        options = {name: str(tmp_path / "m") for name in ("data_folder_in", "data_folder_out")}
        options["control_folder"] = str(tmp_path / "c")
        for folder in ("m", "c"):
            (tmp_path / folder).mkdir()
        self.messages = tmp_path / "m"
        self.connection = connection = celery_app.connection_for_write(transport_options=options)
        monkeypatch.setitem(celery_app.conf, "broker_transport_options", options)
        monkeypatch.setattr(celery_app, "_pool", None)  # connections with other options
        monkeypatch.setattr(celery_app.amqp, "_producer_pool", None)
        yield
        connection.release()

    @staticmethod
    def wait_long(*submissions: Submission) -> None:
        """As if they had been queued a while ago: what is new has its permit on its way."""
        keys = [submission.pk for submission in submissions]
        Submission.objects.filter(pk__in=keys).update(created=timezone.now() - timedelta(seconds=60))

    def sent(self) -> int:
        return len(list(self.messages.iterdir()))

    def test_what_is_new_is_left_to_whoever_stored_it(self, make_submission):
        make_submission()
        assert hints.top_up() == 0

    def test_a_missing_permit_is_sent_once(self, make_submission):
        self.wait_long(make_submission())
        assert hints.top_up() == 1
        assert hints.top_up() == 0
        assert self.sent() == 1

    def test_only_the_permits_that_were_lost_are_sent_again(self, make_submission):
        rows = [make_submission() for _ in range(5)]
        for _ in rows:
            hints.send("cpu")
        self.wait_long(*rows)
        for message in list(self.messages.iterdir())[:2]:
            message.unlink()
        assert hints.top_up() == 2
        assert self.sent() == 5

    def test_a_queue_that_was_lost_whole_is_filled_again(self, make_submission):
        self.wait_long(make_submission(), make_submission(), make_submission(queue="gpu"))
        assert hints.top_up() == 3
        assert sorted(path.name.split(".")[1] for path in self.messages.iterdir()) == ["cpu", "cpu", "gpu"]

    def test_the_message_of_a_regrade_is_no_permit(self, make_submission):
        Regrade.objects.create(exercise="conv2d-batch")
        hints.send("cpu")  # stands for the regrade's
        self.wait_long(make_submission())
        assert hints.top_up() == 1
        assert hints.top_up() == 0

    def test_what_runs_or_pauses_needs_no_permit(self, make_submission):
        running, paused = make_submission(), make_submission()
        lifecycle.claim(running.pk)
        lifecycle.fail(lifecycle.claim(paused.pk), "the runner broke")
        self.wait_long(running, paused)
        assert hints.top_up() == 0

    def test_what_was_lost_needs_a_permit_at_once(self, make_submission):
        lost = lifecycle.claim(make_submission().pk)
        expire(lost)
        lifecycle.requeue_lost()
        assert hints.top_up() == 1

    def test_a_broker_that_is_away_leaves_the_permits_for_later(self, make_submission):
        self.wait_long(make_submission())
        self.messages.rmdir()
        self.messages.write_text("not a folder")
        assert hints.send("cpu") is False
        assert hints.top_up() == 0
        self.messages.unlink()
        self.messages.mkdir()
        assert hints.top_up() == 1

    def test_a_permit_too_many_does_nothing(self, make_submission):
        tasks.grade("cpu")
        assert not Submission.objects.exists()

    def test_no_message_is_seen_half_written(self):
        """A reader that looks all the time gets every message whole."""
        writer, reader = self.connection.channel(), self.connection.clone().channel()
        number, seen = 500, []

        def read() -> None:
            while len(seen) < number:
                with suppress(Empty):
                    seen.append(reader._get("cpu")["number"])

        with ThreadPoolExecutor(1) as pool:
            reading = pool.submit(read)
            for count in range(number):
                writer._put("cpu", {"number": count})
            reading.result(20)
        assert sorted(seen) == list(range(number))
        assert self.sent() == 0
