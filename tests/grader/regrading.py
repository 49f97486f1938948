"""An exercise whose checks can be mended, submissions that the old checks judged, and a worker by hand."""

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from exercises import catalogue
from grader import lifecycle, regrade_runs
from grader.engine import Engine
from grader.judging import report_for
from grader.models import Regrade, Submission
from tests.exercises.support import FIXTURES
from tests.grader.engine.support import running

SLUG = "affine"
RIGHT = (FIXTURES / SLUG / "solution.py").read_text()
WRONG = RIGHT.replace("factor * x", "factor * x + 1.0")
OLD_CHECK = "2.0 * x + 5.0)"  # in the case "three numbers"
assert WRONG != RIGHT


def run(*arguments: str) -> str:
    """What the command `regrade` prints."""
    out = io.StringIO()
    call_command("regrade", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture(scope="module")
def engine() -> Any:
    with running() as engine:
        yield engine


class Desk:
    """Breaks and mends the checks, submits, and delivers the messages that the broker would."""

    def __init__(self, root: Path, engine: Engine, sent: list[tuple[str, int]]) -> None:
        self.checks = root / SLUG / "checks.py"
        self.engine = engine
        self.sent = sent

    def break_checks(self) -> None:
        """The checks expect something that no right answer gives."""
        text = self.checks.read_text()
        assert text.count(OLD_CHECK) == 1
        self.checks.write_text(text.replace(OLD_CHECK, "2.0 * x + 7.0)"))

    def mend_checks(self) -> None:
        self.checks.write_text((FIXTURES / SLUG / "checks.py").read_text())

    def graded(self, user: Any, source: str = RIGHT, kind: str = "submit") -> Submission:
        """A submission that a worker has graded with the checks as they are."""
        submission = Submission(user=user, exercise=SLUG, source=source, kind=kind)
        lifecycle.enqueue(submission)
        claimed = lifecycle.claim(submission.pk)
        exercise = catalogue.load(SLUG)
        report = report_for(claimed, exercise, self.engine)
        assert lifecycle.finish(claimed, report.as_dict(), exercise.version)
        claimed.refresh_from_db()
        return claimed

    def deliver(self) -> None:
        """Hand the messages to a worker until none comes any more."""
        while self.sent:
            pk, hint = self.sent.pop(0)
            regrade_runs.step(pk, hint)

    def dry_run(self, user: Any, **options: Any) -> Regrade:
        regrade = regrade_runs.start(SLUG, "cpu", user, **options)
        self.deliver()
        regrade.refresh_from_db()
        return regrade


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, int]]:
    """The messages that would be on their way to the workers."""
    messages: list[tuple[str, int]] = []

    def send_task(name: str, args: Any, **options: Any) -> None:
        assert options["queue"] == "cpu"
        if name == regrade_runs.TASK:
            messages.append((args[0], args[1]))

    monkeypatch.setattr(regrade_runs.current_app, "send_task", send_task)
    return messages


@pytest.fixture
def desk(tmp_path, monkeypatch, settings, engine, sent, db) -> Desk:
    root = tmp_path / "catalogue"
    shutil.copytree(FIXTURES, root)
    for function in (catalogue.load, catalogue.slugs, catalogue.load_all, catalogue.readable):
        monkeypatch.setattr(function, "__defaults__", (root,))
    settings.RUNNER_SOCKET = Path(engine.socket_path)
    settings.RUNNER_EMBEDDED = False
    # Tests never commit: what would follow the commit follows at once.
    monkeypatch.setattr(transaction, "on_commit", lambda follow, robust=False: follow())
    return Desk(root, engine, sent)


@pytest.fixture
def wronged(desk, learner) -> Submission:
    """A right answer that broken checks refused; they have been mended since."""
    desk.break_checks()
    submission = desk.graded(learner)
    assert submission.verdict == "wrong_answer"
    desk.mend_checks()
    return submission
