"""Health, readiness, system checks, the admin, the staff's page, and faults of ours."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from config import env
from exercises import catalogue
from grader import beats, capabilities, checks, faults, judging, lifecycle, overview, readiness, supervision
from grader.models import Fault, Submission, WorkerBeat
from grader.templatetags.grading import duration

RUNNER = {
    "tier": "full",
    "profiles": {
        "numpy": {"ready": True, "unavailable": None},
        "torch": {"ready": False, "unavailable": "no torch"},
    },
}


def beat(seconds_ago: float = 0, runner: dict | None = RUNNER) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    WorkerBeat.objects.create(name=f"worker{seconds_ago}", at=at, runner=runner)


@pytest.mark.django_db
class TestReadiness:
    def test_healthz_needs_nothing(self, stranger_client):
        assert stranger_client.get("/healthz").status_code == 200

    def test_ready_with_a_worker_and_its_runner(self, stranger_client):
        beat()
        response = stranger_client.get("/readyz")
        assert response.status_code == 200
        assert response.json()["runner"]["tier"] == "full"

    @pytest.mark.parametrize(("seconds_ago", "runner"), [(60, RUNNER), (0, None)])
    def test_not_ready_with_a_dead_worker_or_runner(self, stranger_client, seconds_ago, runner):
        beat(seconds_ago, runner)
        assert stranger_client.get("/readyz").status_code == 503

    def test_not_ready_without_a_broker(self, stranger_client, settings, tmp_path):
        beat()
        settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "gone")}
        response = stranger_client.get("/readyz")
        assert response.status_code == 503
        assert response.json()["broker"] == "its folder is not writable"

    def test_nothing_about_hosts_and_paths_is_told(self):
        beat()
        assert set(readiness.state()) == {"ready", "database", "broker", "workers", "runner"}
        assert set(readiness.state()["runner"]) == {"tier", "profiles"}

    def test_old_beats_are_forgotten(self):
        beat(100_000)
        beat(60)
        beats.forget_old()
        assert WorkerBeat.objects.count() == 1

    def test_live_workers_say_which_profiles_there_are(self, settings):
        settings.RUNNER_PROFILES = ["numpy", "torch"]
        assert capabilities.available_profiles() == {"numpy", "torch"}
        beat()
        assert capabilities.available_profiles() == {"numpy"}

    @pytest.mark.django_db(transaction=True)  # the worker's main process closes its connection
    def test_a_beat_without_a_runner_says_so(self, settings, tmp_path):
        settings.RUNNER_SOCKET = tmp_path / "none.sock"
        supervision.Supervisor("celery@here").beat()
        assert WorkerBeat.objects.get(name="celery@here").runner is None


@pytest.mark.django_db
class TestFaultsOfOurs:
    @pytest.fixture(autouse=True)
    def no_runner(self, settings, monkeypatch, tmp_path):
        settings.RUNNER_SOCKET = tmp_path / "none.sock"
        monkeypatch.setattr(judging, "RUNNER_PATIENCE_SECONDS", 0)

    def test_without_a_runner_the_submission_is_queued_again(self, make_submission):
        claimed = lifecycle.claim(make_submission().pk)
        judging.carry_out(claimed)
        claimed.refresh_from_db()
        assert (claimed.state, claimed.attempt) == ("queued", 1)

    def test_an_exercise_that_is_gone_ends_as_internal_error(self, make_submission, settings):
        settings.MAX_ATTEMPTS = 1
        claimed = lifecycle.claim(make_submission(slug="gone").pk)
        judging.carry_out(claimed)
        claimed.refresh_from_db()
        assert claimed.verdict == "internal_error"


class TestSystemChecks:
    def test_the_defaults_are_right(self):
        assert checks.check_socket_path(None) == []
        assert checks.check_numbers(None) == []
        assert checks.check_profiles(None) == []
        assert checks.check_catalogue(None) == []

    def test_a_long_socket_path(self, settings):
        settings.RUNNER_SOCKET = Path("/" + "x" * 120)
        assert [found.id for found in checks.check_socket_path(None)] == ["grader.E001"]

    @pytest.mark.parametrize("name", sorted(checks.LEAST))
    def test_numbers_that_are_too_small(self, settings, name):
        setattr(settings, name, 0)
        (found,) = checks.check_numbers(None)
        assert found.id == "grader.E002"
        assert f"STRIDE_{name}" in found.hint

    @pytest.mark.parametrize("profiles", [[], ["numpy", "tensorflow"]])
    def test_unknown_profiles(self, settings, profiles):
        settings.RUNNER_PROFILES = profiles
        assert [found.id for found in checks.check_profiles(None)] == ["grader.E003"]

    def test_a_lease_shorter_than_an_exercise(self, settings):
        settings.LEASE_SECONDS = 3
        assert [found.id for found in checks.check_catalogue(None)] == ["grader.W001"]

    def test_a_broken_exercise(self, monkeypatch):
        def broken() -> None:
            raise catalogue.ExerciseError("exercise.toml: title: expected one line")

        monkeypatch.setattr(checks.catalogue, "load_all", broken)
        (found,) = checks.check_catalogue(None)
        assert found.id == "grader.E004"
        assert "title" in found.msg


class TestSocketPath:
    def test_a_short_path_is_kept(self, tmp_path):
        assert env.short_socket_path(Path("/run/stride/runner.sock")) == "/run/stride/runner.sock"

    def test_a_long_path_moves_to_a_private_folder(self, tmp_path):
        wanted = tmp_path / ("x" * 120) / "runner.sock"
        short = Path(env.short_socket_path(wanted))
        assert len(str(short)) <= 107
        assert short.parent.stat().st_mode & 0o077 == 0
        assert env.short_socket_path(wanted) == str(short)
        assert env.short_socket_path(wanted.with_name("other") / "runner.sock") != str(short)
        short.parent.rmdir()


@pytest.mark.django_db
class TestAdmin:
    def test_instructors_read_and_cannot_write(self, instructor_client, finish):
        pk = finish().pk
        assert instructor_client.get("/admin/grader/submission/").status_code == 200
        page = instructor_client.get(f"/admin/grader/submission/{pk}/change/")
        assert page.status_code == 200
        assert b'name="_save"' not in page.content
        assert instructor_client.post(f"/admin/grader/submission/{pk}/change/", {}).status_code == 403
        assert instructor_client.get(f"/admin/grader/submission/{pk}/delete/").status_code == 403
        assert instructor_client.get("/admin/grader/submission/add/").status_code == 403


@pytest.mark.django_db
def test_a_runner_that_refuses_every_profile_is_not_ready(settings):
    refused = {"numpy": {"ready": False, "standby": 0, "versions": {}, "unavailable": "a canary"}}
    WorkerBeat.objects.create(name="w", at=timezone.now(), runner={"tier": "reduced", "profiles": refused})
    state = readiness.state()
    assert not state["ready"]
    assert state["runner"]["profiles"]["numpy"]["unavailable"] == "a canary"


def full(tier: str = "full", **profile: object) -> dict:
    numpy = {"ready": True, "standby": 2, "unavailable": "", "versions": {"numpy": "2.4"}, **profile}
    return {"tier": tier, "missing": [], "busy": 1, "jobs": 2, "profiles": {"numpy": numpy}}


@pytest.mark.django_db
class TestStaffPage:
    ADDRESSES = ("/staff/", "/staff/now")

    @pytest.fixture(autouse=True)
    def no_old_times(self):
        cache.clear()

    @pytest.fixture
    def page(self, instructor_client):
        return lambda: instructor_client.get("/staff/").content.decode()

    def worker(self, name: str = "celery@one", runner: dict | None = None, **fields: object) -> WorkerBeat:
        defaults = {"at": timezone.now(), "queues": ["cpu"], "version": settings.VERSION, "runner_starts": 1}
        return WorkerBeat.objects.create(name=name, runner=runner or full(), **{**defaults, **fields})

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_only_staff(self, address, learner_client, other_client, stranger_client, instructor_client):
        assert instructor_client.get(address).status_code == 200
        assert learner_client.get(address).status_code == 403
        assert other_client.get(address).status_code == 403
        answer = stranger_client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")

    def test_all_is_well(self, page):
        self.worker()
        assert "Everything that grading needs is there." in page()
        assert "1 of 2 places busy" in page()

    def test_no_worker(self, page):
        assert "No worker gives signs of life: nothing is graded." in page()

    def test_a_worker_that_died_stays_listed(self, page):
        self.worker(at=timezone.now() - timedelta(minutes=5))
        assert "no sign of life" in page()
        assert "nothing is graded" in page()

    def test_a_runner_that_does_not_answer(self, page):
        beat(0, None)
        assert "The runner of worker0 does not answer." in page()

    @pytest.mark.parametrize(("tier", "tone"), [("reduced", "warn"), ("unsafe", "bad"), ("refused", "bad")])
    def test_a_weaker_sandbox(self, page, tier, tone):
        self.worker(runner={**full(tier), "missing": ["Landlock"]})
        assert f"the sandbox&#x27;s tier is {tier}. Missing: Landlock." in page()
        assert f"notice--{tone}" in page()

    def test_a_profile_that_cannot_serve(self, page):
        self.worker(runner=full(ready=False, unavailable="<i>no NumPy</i>"))
        assert "no numpy, since &lt;i&gt;no NumPy&lt;/i&gt;." in page()

    def test_a_gpu_that_is_out_of_service(self, page):
        gpu = {"name": "GPU A", "node": "nvidia1", "problem": "out of service: it failed"}
        self.worker(runner=full(gpus=[gpu, {**gpu, "node": "nvidia0", "problem": "", "memory_mb": 8000}]))
        assert "celery@one: GPU A nvidia1: out of service: it failed." in page()
        assert "GPU A nvidia0: free, 0 of 8000 MB" in page()

    def test_a_queue_that_nobody_serves(self, page, make_submission):
        self.worker()
        Submission.objects.filter(pk=make_submission().pk).update(queue="gpu")
        assert "No worker serves the queue gpu, in which 1 wait." in page()

    def test_a_long_wait(self, page, make_submission):
        self.worker()
        long_ago = timezone.now() - timedelta(minutes=3)
        Submission.objects.filter(pk=make_submission().pk).update(created=long_ago)
        assert "The oldest submission in the queue cpu has waited 3 minutes." in page()
        assert "3 min" in page()

    def test_workers_of_another_version(self, page):
        self.worker(version="older")
        assert "Workers run older" in page()

    def test_faults_with_their_reason_and_submission(self, page, finish):
        self.worker()
        submission = finish()
        faults.record(Fault.Kind.INTERNAL, submission.pk, 2, "EngineFault: <script>")
        shown = page()
        assert "EngineFault: &lt;script&gt;" in shown
        assert submission.get_absolute_url() in shown
        assert "1 fault of ours within the last hour" in shown

    def test_a_runner_that_was_started_again(self, page):
        self.worker(runner_starts=4)
        assert "runner started again 3 times" in page()

    def test_the_queries_do_not_grow_with_the_rows(
        self, instructor_client, finish, django_assert_max_num_queries
    ):
        for number in range(5):
            self.worker(f"celery@{number}")
            faults.record(Fault.Kind.INTERNAL, finish().pk, 1, "x")
        with django_assert_max_num_queries(16):
            instructor_client.get("/staff/now")

    def test_the_admin_leads_to_it(self, instructor_client):
        sidebar = instructor_client.get("/admin/").content.decode()
        assert 'href="/staff/"' in sidebar
        assert 'href="/staff/regrades/"' in sidebar

    def test_learners_are_not_led_to_it(self, learner_client):
        assert "/staff/" not in learner_client.get("/").content.decode()


@pytest.mark.django_db
class TestTimes:
    def test_percentiles_by_exercise(self, finish):
        end = timezone.now()
        for seconds in range(1, 21):
            started = end - timedelta(seconds=seconds)
            Submission.objects.filter(pk=finish().pk).update(
                created=started - timedelta(seconds=2), started=started, finished=end
            )
        cache.clear()
        (pace,) = overview.paces()
        assert (pace.exercise, pace.count) == ("conv2d-batch", 20)
        assert pace.half == pytest.approx(10.5)
        assert pace.most == pytest.approx(19.05)
        assert pace.wait == pytest.approx(2)

    def test_of_the_last_day_only(self, finish):
        Submission.objects.filter(pk=finish().pk).update(finished=timezone.now() - timedelta(days=2))
        cache.clear()
        assert overview.paces() == []

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [(None, "–"), (0.0421, "42 ms"), (3.21, "3.2 s"), (42, "42 s"), (200, "3 min 20 s"),
         (8000, "2 h 13 min"), (200_000, "2 d 7 h"), (3600, "1 h"), (9.99, "10.0 s"), (0.9996, "1.0 s")],
    )  # fmt: skip
    def test_durations_in_words(self, seconds, text):
        assert duration(seconds) == text


@pytest.mark.django_db(transaction=True)  # as above
def test_a_beat_tells_queues_version_and_starts(settings, tmp_path):
    settings.RUNNER_SOCKET = tmp_path / "none.sock"
    settings.VERSION = "v9"
    supervisor = supervision.Supervisor("celery@here", ["gpu", "cpu"])
    supervisor.beat()
    supervisor.runner_starts = 2
    supervisor.beat()
    (worker,) = overview.workers()
    assert (worker.queues, worker.version, worker.runner_starts) == (["cpu", "gpu"], "v9", 2)
    assert worker.started == supervisor.started
