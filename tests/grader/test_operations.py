"""Health, readiness, system checks, the admin, and faults of ours."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from config import env
from exercises import catalogue
from grader import beats, capabilities, checks, judging, lifecycle, readiness, supervision
from grader.models import WorkerBeat

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
