"""What happens around the judge: progress that costs nothing for short answers, a runner that starts late."""

import threading

import pytest

from grader import judging, lifecycle
from grader.engine import errors
from grader.judging import PatientEngine, Progress
from grader.preloading import preload

CASE = {"case": 2, "of": 3, "name": "the second"}


@pytest.fixture
def told(monkeypatch) -> list[int | str]:
    """The cases, or notes of cases, that were written."""
    cases: list[int | str] = []
    monkeypatch.setattr(
        lifecycle, "progress", lambda submission, case, of, name, note: cases.append(note or case)
    )
    return cases


@pytest.fixture
def clock(monkeypatch):
    """Time that passes when the test says so."""

    class Clock:
        now = 100.0

    monkeypatch.setattr(judging.time, "monotonic", lambda: Clock.now)
    return Clock


class TestProgress:
    def test_a_short_judgement_writes_nothing(self, told, clock):
        progress = Progress(None)
        for number in range(10):
            progress({**CASE, "case": number})
        assert told == []

    def test_a_long_one_no_more_than_a_person_can_read(self, told, clock):
        progress = Progress(None)
        for number in range(10):
            clock.now += judging.PROGRESS_SECONDS / 2
            progress({**CASE, "case": number})
        assert told == [1, 3, 5, 7, 9]

    def test_a_case_that_hangs_is_told_by_the_heartbeat_once(self, told, clock):
        progress = Progress(None)
        progress(CASE)
        clock.now += 1
        progress.tell_kept()
        progress.tell_kept()
        assert told == [2]

    def test_a_note_is_told_even_right_after_its_case(self, told, clock):
        progress = Progress(None)
        clock.now += judging.PROGRESS_SECONDS
        progress(CASE)
        progress({**CASE, "note": "split 1 of 3"})
        assert told == [2], "the pace is kept"
        clock.now += judging.PROGRESS_SECONDS
        progress.tell_kept()
        assert told == [2, "split 1 of 3"]

    def test_after_the_last_case_none_is_told(self, told, clock):
        progress = Progress(None)
        progress(CASE)
        clock.now += 1
        progress.end()
        progress.tell_kept()
        assert told == []


class TestPatientEngine:
    def test_a_runner_that_starts_late_is_waited_for(self, tmp_path, monkeypatch):
        opened = threading.Event()

        def open_late(self, *arguments, **options) -> str:
            if not opened.is_set():
                opened.set()
                raise errors.EngineUnavailable("no runner answers")
            return "a session"

        monkeypatch.setattr(judging.Engine, "open", open_late)
        assert PatientEngine(tmp_path / "s").open("numpy") == "a session"

    def test_after_half_a_minute_the_reason_is_given(self, tmp_path, monkeypatch, clock):
        def sleep(seconds: float) -> None:
            clock.now += seconds

        monkeypatch.setattr(judging.time, "sleep", sleep)
        begun = clock.now
        with pytest.raises(errors.EngineUnavailable, match="no runner answers"):
            PatientEngine(tmp_path / "s").open("numpy")
        assert 30 <= clock.now - begun < 31


def test_a_broken_exercise_does_not_keep_the_worker_from_starting(monkeypatch, settings, caplog):
    settings.RUNNER_PROFILES = ["numpy"]
    monkeypatch.setattr("exercises.catalogue.slugs", lambda: ["conv2d-batch", "no-such-exercise"])
    monkeypatch.setattr("gc.freeze", lambda: None)
    with caplog.at_level("ERROR"):
        preload()
    assert "no-such-exercise" in caplog.text
