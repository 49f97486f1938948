"""Log lines: readable or JSON, with what they are about, and without what nobody may read."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from structlog.contextvars import bound_contextvars, get_contextvars

from config import env, version
from config import logging as log_settings
from grader import judging, lifecycle
from grader.engine import logs
from grader.models import Submission
from tests.grader.regrading import RIGHT, desk, engine, sent

__all__ = ["desk", "engine", "sent"]  # fixtures
ROOT = Path(__file__).resolve().parents[2]


class Log:
    """Everything that was logged, in one format."""

    def __init__(self, format: str) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(log_settings.Formatter(format))

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    def line(self, event: str) -> dict:
        (found,) = [line for line in self.lines if line["event"] == event]
        return found


@pytest.fixture
def log(request):
    """JSON lines, unless the test asks for text."""
    kept = Log(getattr(request, "param", log_settings.JSON))
    root = logging.getLogger()
    level = root.level
    root.addHandler(kept.handler)
    root.setLevel(logging.INFO)
    yield kept
    root.setLevel(level)
    root.removeHandler(kept.handler)


class TestLines:
    def test_a_line_has_time_level_logger_event_and_what_is_bound(self, log):
        with bound_contextvars(submission="s1", attempt=2):
            logging.getLogger("grader.x").warning("it is %s", "so", extra={"verdict": "accepted"})
        (line,) = log.lines
        assert list(line) == ["time", "level", "logger", "event", "submission", "attempt", "verdict"]
        assert (line["level"], line["logger"], line["event"]) == ("warning", "grader.x", "it is so")
        assert line["time"].endswith("Z")

    @pytest.mark.parametrize("log", ["text"], indirect=True)
    def test_a_readable_line(self, log):
        with bound_contextvars(submission="s1"):
            logging.getLogger("grader.x").info("graded", extra={"verdict": "accepted", "seconds": 0.5})
        assert log.text.endswith(" INFO grader.x graded submission=s1 verdict=accepted seconds=0.5\n")

    @pytest.mark.parametrize("log", ["text"], indirect=True)
    def test_hostile_text_forges_no_line(self, log):
        logging.getLogger("x").info(
            "name: %s", "a\n2026-01-01 ERROR x forged\x1b[31m", extra={"path": "/\r\nb"}
        )
        assert len(log.text.splitlines()) == 1
        assert "\x1b" not in log.text

    @pytest.mark.parametrize("log", ["text", "json"], indirect=True)
    def test_tracebacks_show_no_local_variables(self, log):
        secret_of_a_learner = "x" + "y" * 20

        def fails(source: str) -> None:
            raise ValueError("no")

        try:
            fails(secret_of_a_learner)
        except ValueError:
            logging.getLogger("x").exception("failed")
        assert "ValueError: no" in log.text
        assert secret_of_a_learner not in log.text

    def test_some_keys_are_never_written(self, log):
        extra = dict.fromkeys(log_settings.UNSPEAKABLE, "unspeakable")
        logging.getLogger("x").info("hello", extra=extra)
        assert "unspeakable" not in log.text

    def test_an_unknown_format_is_refused_at_start(self, monkeypatch):
        monkeypatch.setenv("STRIDE_LOG_FORMAT", "xml")
        with pytest.raises(ImproperlyConfigured, match="use text or json"):
            env.choice("STRIDE_LOG_FORMAT", log_settings.FORMATS)


@pytest.mark.django_db
class TestRequests:
    def test_what_changes_something_is_logged_with_the_id_of_the_answer(self, log, learner_client):
        response = learner_client.post("/notices/dismiss", {})
        line = log.line("request")
        assert line["request_id"] == response.headers["X-Request-ID"]
        assert (line["method"], line["view"], line["status"]) == ("POST", "notices-dismiss", 302)
        assert get_contextvars() == {}

    def test_reading_a_page_is_not(self, log, stranger_client):
        stranger_client.get("/")
        assert log.lines == []

    def test_what_is_not_there_is(self, log, stranger_client):
        stranger_client.get("/made-up?token=abc")
        line = log.line("request")
        assert (line["path"], line["status"], line["view"]) == ("/made-up", 404, "unmatched")

    @pytest.mark.parametrize(
        ("given", "kept"), [("proxy-id-0001", True), ("short", False), ("evil\tid-000000", False)]
    )
    def test_a_proxy_may_name_the_request(self, stranger_client, given, kept):
        answer = stranger_client.get("/healthz", headers={"x-request-id": given})
        assert (answer.headers["X-Request-ID"] == given) is kept

    def test_the_async_way_does_the_same(self, async_client):
        from asgiref.sync import async_to_sync

        answer = async_to_sync(async_client.get)("/healthz", headers={"x-request-id": "proxy-id-0002"})
        assert answer.headers["X-Request-ID"] == "proxy-id-0002"


@pytest.mark.sandbox
@pytest.mark.django_db
class TestFromTheRequestToTheVerdict:
    def test_the_worker_logs_the_id_of_the_request_and_no_secret(self, log, desk, learner_client):
        data = {"source": RIGHT + "\nMARKER_OF_THE_SOURCE = 1\n", "kind": "submit"}
        headers = {"x-request-id": "proxy-id-0003"}
        assert learner_client.post("/exercises/affine/submit", data, headers=headers).status_code == 302
        submission = Submission.objects.get()
        assert submission.request_id == "proxy-id-0003"
        judging.carry_out(lifecycle.claim(submission.pk))
        line = log.line("graded")
        assert line["request_id"] == "proxy-id-0003"
        assert (line["submission"], line["exercise"]) == (str(submission.pk), "affine")
        assert (line["attempt"], line["verdict"]) == (1, "accepted")
        assert 0 < line["seconds"] < 60
        assert str(submission.seed) not in log.text
        assert "MARKER_OF_THE_SOURCE" not in log.text

    def test_a_fault_names_its_submission_and_no_secret(self, log, desk, make_submission):
        desk.checks.write_text(desk.checks.read_text().replace("np.array([1.0", "np.nonsense([1.0"))
        claimed = lifecycle.claim(make_submission(source=RIGHT, slug="affine").pk)
        judging.carry_out(claimed)
        faults = [line for line in log.lines if line["level"] == "error"]
        assert faults
        assert all(line["submission"] == str(claimed.pk) for line in faults)
        assert str(claimed.seed) not in log.text
        assert "Counts what it has seen" not in log.text


class TestRunner:
    def test_its_json_has_the_same_keys(self):
        record = logging.LogRecord(
            "stride.runner", logging.ERROR, "f", 1, "the %s zygote ended", ("numpy",), None
        )
        line = json.loads(logs.JsonLines().format(record))
        assert (line["level"], line["logger"], line["event"]) == (
            "error", "stride.runner", "the numpy zygote ended",
        )  # fmt: skip
        assert line["time"].endswith("+00:00")

    def test_a_traceback_stays_in_its_line(self):
        try:
            raise ValueError("no\nway")
        except ValueError:
            record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
        text = logs.JsonLines().format(record)
        assert "\n" not in text
        assert "ValueError" in json.loads(text)["exception"]

    def test_the_runner_takes_the_format_as_argument(self, tmp_path):
        command = [sys.executable, "-m", "grader.engine.runner", "--socket", str(tmp_path / "s")]
        wrong = subprocess.run(
            [*command, "--log-format", "xml"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert wrong.returncode == 2
        assert "--log-format" in wrong.stderr


class TestVersion:
    def test_of_a_checkout(self, tmp_path):
        git = tmp_path / ".git"
        (git / "refs" / "heads").mkdir(parents=True)
        (git / "HEAD").write_text("ref: refs/heads/main\n")
        (git / "packed-refs").write_text("# pack-refs\n" + "b" * 40 + " refs/heads/main\n")
        assert version.of_checkout(tmp_path) == "b" * 10
        (git / "refs" / "heads" / "main").write_text("a" * 40 + "\n")
        assert version.of_checkout(tmp_path) == "a" * 10
        (git / "HEAD").write_text("c" * 40 + "\n")
        assert version.of_checkout(tmp_path) == "c" * 10

    def test_elsewhere(self, tmp_path):
        assert version.of_checkout(tmp_path) == version.UNKNOWN
