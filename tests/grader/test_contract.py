"""The life of submissions on a real site: the same tests for each database and broker.

Real web server, Celery worker, runner and sandbox. What happens when one of them dies: `tests/faults/`.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from exercises import catalogue
from tests.conftest import require_or_skip
from tests.grader import stack as stacks
from tests.grader.services import services_missing
from tests.grader.stack import Stack

SLUG = "conv2d-batch"


def solution() -> str:
    return catalogue.load(SLUG).solutions[0].source


def kinds(stack: Stack, pk: str) -> list[str]:
    return [event["kind"] for event in stack.events(pk) if event["kind"] not in ("case", "verdict")]


class LifecycleContract:
    """What must hold whatever carries the rows and the hints."""

    @staticmethod
    def open_stack() -> AbstractContextManager[Stack]:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def stack(cls) -> Iterator[Stack]:
        with cls.open_stack() as running:
            yield running

    def test_a_right_answer_is_accepted(self, stack):
        found = stack.wait_for_state(stack.submit(solution(), SLUG), "finished")
        assert (found["verdict"], found["score"]) == ("accepted", 1.0), found
        assert found["seconds"] > 0
        assert found["memory_mb"] > 0

    def test_a_wrong_answer_is_diagnosed(self, stack):
        mistake = next(item for item in catalogue.load(SLUG).mistakes if item.name == "flips_kernels")
        found = stack.wait_for_state(stack.submit(mistake.source, SLUG), "finished")
        assert found["verdict"] == "wrong_answer"
        diagnoses = {case["diagnosis"] for case in found["report"]["cases"]}
        assert mistake.diagnosis in diagnoses

    @pytest.mark.parametrize("source", ["", "def conv2d(:\n", "\x01\x02\x03", "answer = 42\n"])
    def test_a_source_that_cannot_be_loaded_is_told_so(self, stack, source):
        found = stack.wait_for_state(stack.submit(source, SLUG, "run"), "finished")
        assert found["verdict"] == "invalid_submission"
        assert found["report"]["message"]

    def test_a_run_judges_the_visible_cases_only(self, stack):
        found = stack.wait_for_state(stack.submit(solution(), SLUG, "run"), "finished")
        assert all(case["visible"] for case in found["report"]["cases"])

    def test_many_at_once_are_each_graded_once(self, stack):
        with ThreadPoolExecutor(8) as pool:
            keys = list(pool.map(lambda _: stack.submit(solution(), SLUG), range(12)))
        for pk in keys:
            assert stack.wait_for_state(pk, "finished")["attempt"] == 1
            assert kinds(stack, pk) == ["queued", "running", "finished"]

    def test_the_stream_ends_with_the_verdict_and_can_be_resumed(self, stack):
        pk = stack.submit(solution(), SLUG)
        text = stack.stream(pk)
        numbers = [int(number) for number in re.findall(r"^id: (\d+)$", text, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert "event: finished" in text
        assert '"verdict": "accepted"' in text
        rest = stack.stream(pk, **{"Last-Event-ID": str(numbers[-2])})
        assert re.findall(r"^id: (\d+)$", rest, re.MULTILINE) == [str(numbers[-1])]
        assert stack.stream(pk, **{"Last-Event-ID": str(numbers[-1])}) == "204"

    def test_a_submission_survives_the_broker(self, stack):
        """The broker is away while the learner submits: the row is enough."""
        stack.stop_worker()
        stack.broker.breakdown()
        try:
            pk = stack.submit(solution(), SLUG)
        finally:
            stack.broker.mend()
        stack.start_worker()
        assert stack.wait_for_state(pk, "finished")["verdict"] == "accepted"


SPOIL = """
from grader.models import Submission
found = Submission.objects.get(pk="{pk}")
found.verdict, found.score = "wrong_answer", 0.1
found.report |= {{"verdict": "wrong_answer", "score": 0.1}}
found.save()
"""


@pytest.mark.slow
@pytest.mark.sandbox
class TestEmbedded(LifecycleContract):
    """SQLite and the file-system broker."""

    @staticmethod
    def open_stack() -> AbstractContextManager[Stack]:
        return stacks.embedded()

    def test_regrading_changes_nothing_when_the_exercise_is_the_same(self, stack):
        pk = stack.submit(solution(), SLUG)
        before = stack.wait_for_state(pk, "finished")
        shown = stack.manage("regrade", pk, "--dry-run").stdout
        assert "1 judged again, 0 would change" in shown
        assert stack.manage("replay", pk).stdout == stack.manage("replay", "--stored", pk).stdout
        stack.manage("regrade", pk)
        assert stack.submission(pk) == before

    def test_regrading_mends_a_wrong_verdict(self, stack):
        """A verdict that today's checks wouldn't give: the dry run shows it, the real one replaces it."""
        pk = stack.submit(solution(), SLUG)
        stack.wait_for_state(pk, "finished")
        stack.manage("shell", "--no-imports", "-v", "0", "-c", SPOIL.format(pk=pk))
        shown = stack.manage("regrade", pk, "--dry-run").stdout
        assert "wrong_answer 10 % -> accepted 100 %" in shown
        assert stack.submission(pk)["verdict"] == "wrong_answer"
        assert stack.manage("replay", pk, check=False).returncode == 1
        assert "1 judged again, 1 changed" in stack.manage("regrade", pk).stdout
        found = stack.submission(pk)
        assert (found["verdict"], found["score"]) == ("accepted", 1.0)
        assert kinds(stack, pk)[-1] == "regraded"


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.services
class TestServices(LifecycleContract):
    """PostgreSQL and Redis."""

    @staticmethod
    def open_stack() -> AbstractContextManager[Stack]:
        missing = services_missing()
        require_or_skip(not missing, missing)
        return stacks.services()
