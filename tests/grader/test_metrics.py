"""What /metrics tells, to whom, and that its sums only grow."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from grader import faults, lifecycle, metrics, overview, streams, tallies
from grader.models import Counter, Fault, GradeTally, Submission, WorkerBeat
from tests.grader.conftest import SLUG

pytestmark = pytest.mark.django_db

RUNNER = {
    "tier": "reduced",
    "missing": ["writable control group"],
    "busy": 1,
    "jobs": 2,
    "profiles": {
        "numpy": {"ready": True, "standby": 2, "unavailable": "", "versions": {"numpy": "2.4"}},
        "torch": {"ready": False, "standby": 0, "unavailable": "no torch", "versions": {}},
        "cuda": {
            "ready": True,
            "standby": 1,
            "gpus": [
                {"name": "GPU A", "node": "nvidia0", "memory_mb": 8000, "used_mb": 512, "busy": True},
                {
                    "name": "GPU A",
                    "node": "nvidia1",
                    "memory_mb": 8000,
                    "problem": "out of service: it failed",
                },
            ],
        },
    },
    "counters": {"sessions": 41, "children": 44, "zygotes": 3, "faults": 0},
}


def worker(name: str = "celery@one", runner: dict | None = RUNNER, seconds_ago: float = 0) -> WorkerBeat:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    return WorkerBeat.objects.create(
        name=name, at=at, runner=runner, queues=["cpu"], version="v7", runner_starts=3
    )


def scraped() -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample, by name and labels; `process` left out."""
    found = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            labels = frozenset((key, value) for key, value in sample.labels.items() if key != "process")
            found[sample.name, labels] = sample.value
    return found


def value(name: str, **labels: str) -> float:
    return scraped()[name, frozenset(labels.items())]


def gathered() -> int:
    """What the sweeper counts once everything has settled."""
    return tallies.gather(timezone.now() + timedelta(minutes=1))


class TestWhoMayScrape:
    def test_nobody_but_staff_where_no_token_is_set(self, stranger_client, learner_client, instructor_client):
        assert stranger_client.get("/metrics").status_code == 404
        assert learner_client.get("/metrics").status_code == 404
        response = instructor_client.get("/metrics")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")

    def test_an_empty_token_opens_nothing(self, stranger_client):
        for header in ("Bearer ", "Bearer", ""):
            assert stranger_client.get("/metrics", headers={"authorization": header}).status_code == 404

    def test_whoever_has_the_token(self, stranger_client, settings):
        settings.METRICS_TOKEN = "a-long-token"
        good = stranger_client.get("/metrics", headers={"authorization": "Bearer a-long-token"})
        assert good.status_code == 200
        for wrong in ("Bearer other", "a-long-token", "Basic a-long-token", "Bearer a-long-tokenä"):
            answer = stranger_client.get("/metrics", headers={"authorization": wrong})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert b"a-long-token" not in answer.content


class TestQueuesAndWorkers:
    def test_the_depth_by_queue_and_state_and_the_oldest_wait(self, make_submission):
        worker()
        lifecycle.claim(make_submission().pk)
        old = make_submission()
        Submission.objects.filter(pk=old.pk).update(created=timezone.now() - timedelta(seconds=90))
        assert value("stride_queue_submissions", queue="cpu", state="queued") == 1
        assert value("stride_queue_submissions", queue="cpu", state="running") == 1
        assert 90 <= value("stride_queue_oldest_seconds", queue="cpu") < 100
        assert value("stride_queue_workers", queue="cpu") == 1

    def test_what_the_runner_says_of_itself(self):
        worker()
        assert value("stride_sandbox_tier", worker="celery@one", tier="reduced") == 1
        assert value("stride_sandbox_tier", worker="celery@one", tier="full") == 0
        assert value("stride_runner_places", worker="celery@one", state="busy") == 1
        assert value("stride_runner_standby", worker="celery@one", profile="numpy") == 2
        assert value("stride_runner_profile_ready", worker="celery@one", profile="torch") == 0
        assert value("stride_runner_starts_total", worker="celery@one") == 3
        assert value("stride_runner_zygotes_total", worker="celery@one") == 3

    def test_gpus(self):
        worker()
        assert value("stride_gpu_busy", worker="celery@one", gpu="nvidia0") == 1
        assert value("stride_gpu_memory_used_megabytes", worker="celery@one", gpu="nvidia0") == 512
        assert value("stride_gpu_ready", worker="celery@one", gpu="nvidia0") == 1
        assert value("stride_gpu_ready", worker="celery@one", gpu="nvidia1") == 0

    def test_a_dead_worker_is_down_and_says_nothing_else(self):
        worker(seconds_ago=600)
        assert value("stride_worker_up", worker="celery@one", version="v7") == 0
        assert value("stride_runner_up", worker="celery@one") == 0
        assert not any(name == "stride_sandbox_tier" for name, _ in scraped())

    @pytest.mark.parametrize("status", [{}, {"tier": None, "profiles": None, "counters": None}])
    def test_a_runner_of_another_version_breaks_nothing(self, status):
        worker(runner={"pid": 1, **status})
        assert value("stride_runner_up", worker="celery@one") == 1

    def test_a_silent_database_is_told(self, monkeypatch):
        def away() -> None:
            raise DatabaseError("no connection")

        monkeypatch.setattr(overview, "workers", away)
        assert value("stride_database_up") == 0
        assert not any(name.startswith("stride_queue") for name, _ in scraped())


class TestTallies:
    LABELS = {"queue": "cpu", "exercise": SLUG, "verdict": "wrong_answer"}

    @pytest.fixture(autouse=True)
    def begun(self):
        """Counting began before any of the submissions here."""
        tallies.gather(timezone.now() - timedelta(days=1))

    def took(self, submission: Submission, wait: float, grade: float) -> None:
        end = timezone.now()
        started = end - timedelta(seconds=grade)
        Submission.objects.filter(pk=submission.pk).update(
            created=started - timedelta(seconds=wait), started=started, finished=end
        )

    def test_times_land_in_their_buckets(self, finish):
        for wait, grade in ((0.02, 0.3), (0.2, 3.0)):
            self.took(finish(), wait, grade)
        assert gathered() == 2
        assert value("stride_grade_seconds_count", **self.LABELS) == 2
        assert value("stride_grade_seconds_sum", **self.LABELS) == pytest.approx(3.3, abs=1e-3)
        assert value("stride_grade_seconds_bucket", le="0.25", **self.LABELS) == 0
        assert value("stride_grade_seconds_bucket", le="0.5", **self.LABELS) == 1
        assert value("stride_grade_seconds_bucket", le="5.0", **self.LABELS) == 2
        assert value("stride_grade_seconds_bucket", le="+Inf", **self.LABELS) == 2
        assert value("stride_wait_seconds_bucket", le="0.025", **self.LABELS) == 1

    def test_nothing_is_counted_twice(self, finish):
        finish()
        assert (gathered(), gathered()) == (1, 0)
        later = timezone.now() + timedelta(minutes=1)
        Submission.objects.filter(pk=finish().pk).update(finished=later)
        assert tallies.gather(later + timedelta(minutes=1)) == 1
        assert GradeTally.objects.get().count == 2

    def test_what_has_just_finished_settles_first(self, finish):
        finish()
        assert tallies.gather() == 0
        assert gathered() == 1

    def test_a_regrade_moves_nothing(self, finish):
        submission = finish()
        gathered()
        lifecycle.replace_report(submission, {"verdict": "accepted", "score": 1.0, "cases": []}, "v2")
        tallies.gather(timezone.now() + timedelta(minutes=2))
        assert [(tally.verdict, tally.count) for tally in GradeTally.objects.all()] == [("wrong_answer", 1)]

    def test_a_deleted_account_takes_nothing_away(self, finish):
        submission = finish()
        gathered()
        submission.user.delete()
        assert value("stride_grade_seconds_count", **self.LABELS) == 1

    def test_the_first_visit_counts_only_from_then_on(self, finish):
        tallies.Watermark.objects.all().delete()
        finish()
        assert gathered() == 0

    def test_clocks_that_disagree_give_no_negative_times(self, finish):
        self.took(finish(), -5.0, -3.0)
        gathered()
        assert value("stride_grade_seconds_sum", **self.LABELS) == 0


class TestFaults:
    def test_an_internal_error_is_counted_and_kept_with_its_reason(self, make_submission):
        claimed = lifecycle.claim(make_submission().pk)
        lifecycle.fail(claimed, "EngineFault: it broke")
        fault = Fault.objects.get()
        assert (fault.submission, fault.attempt, fault.exercise) == (claimed, 1, SLUG)
        assert fault.text == "EngineFault: it broke"
        assert value("stride_internal_errors_total") == 1
        assert value("stride_gave_up_total") == 0

    def test_giving_up_is_counted(self, make_submission, settings):
        settings.MAX_ATTEMPTS = 1
        lifecycle.fail(lifecycle.claim(make_submission().pk), "again")
        assert value("stride_gave_up_total") == 1

    def test_a_lost_lease_is_counted_once(self, make_submission):
        claimed = lifecycle.claim(make_submission().pk)
        Submission.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        lifecycle.requeue_lost()
        lifecycle.requeue_lost()
        assert value("stride_lease_losses_total") == 1
        assert Fault.objects.get(kind="lease").submission == claimed

    def test_hostile_text_is_stored(self, make_submission):
        faults.record(Fault.Kind.INTERNAL, make_submission().pk, 1, "\0\ud800" + "x" * 10_000)
        assert len(Fault.objects.get().text) == faults.LONGEST_TEXT

    def test_counts_outlive_the_faults(self, make_submission, monkeypatch):
        monkeypatch.setattr(faults, "KEPT", 3)
        pk = make_submission().pk
        for number in range(5):
            faults.record(Fault.Kind.INTERNAL, pk, number, str(number))
        faults.prune()
        assert [fault.text for fault in Fault.objects.all()] == ["4", "3", "2"]
        Fault.objects.filter(text="2").update(at=datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone()))
        faults.prune()
        assert Fault.objects.count() == 2
        assert Counter.objects.get(name="internal_errors").value == 5


class TestRequests:
    def test_requests_are_counted_by_view_and_status(self, stranger_client):
        labels = {"view": "home", "method": "GET", "status": "200"}
        before = scraped().get(("stride_http_requests_total", frozenset(labels.items())), 0)
        stranger_client.get("/?whatever=1")
        stranger_client.get("/")
        assert value("stride_http_requests_total", **labels) == before + 2

    def test_what_people_make_up_makes_no_new_series(self, stranger_client):
        for number in range(3):
            stranger_client.generic(f"MAKEUP{number}", f"/made/up/{number}")
        series = {labels for name, labels in scraped() if name == "stride_http_requests_total"}
        made_up = {dict(labels)["view"] for labels in series if dict(labels)["status"] == "404"}
        assert "unmatched" in made_up
        assert not any("MAKEUP" in dict(labels)["method"] for labels in series)

    def test_the_process_is_named_since_each_counts_for_itself(self, stranger_client):
        stranger_client.get("/")
        lines = metrics.text().decode().splitlines()
        counted = [line for line in lines if line.startswith("stride_http_requests_total")]
        assert counted
        assert all(f'process="{metrics.process_name()}"' in line for line in counted)

    def test_open_streams(self, monkeypatch):
        monkeypatch.setattr(streams, "open_streams", lambda: 7)
        assert value("stride_event_streams") == 7


PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text()


def test_every_metric_is_documented():
    worker()
    names = {family.name for family in text_string_to_metric_families(metrics.text().decode())}
    assert {name for name in names if f"`{name}" not in PAGE} == set()


def test_every_metric_of_the_page_and_its_alerts_exists(finish):
    """With the labels that the alerts use."""
    worker()
    tallies.gather(timezone.now() - timedelta(days=1))
    finish()
    gathered()
    there = {name for name, _ in scraped()} | {family.removesuffix("_total") for family, _ in scraped()}
    histograms = {name.removesuffix("_bucket") for name in there}
    named = set(re.findall(r"\bstride_\w+", PAGE))
    assert named - there - histograms == set()


def test_the_examples_of_the_page_are_yaml():
    scrape, alerts = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    assert scrape["scrape_configs"][0]["job_name"] == "stride"
    rules = alerts["groups"][0]["rules"]
    assert len(rules) >= 8
    assert all({"alert", "expr", "labels", "annotations"} <= rule.keys() for rule in rules)
