"""A stored report as the pages show it: the verdict in plain words, what failed first, what passed folded.

A report is partly what a learner's code made. Everything in here is text for templates, which escape it.
"""

import json
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grader import drawn_view, speed_view
from grader.models import Submission
from grader.report import needs_gpu, not_run_text, was_not_run, without_gpu_text
from grader.speed_view import SpeedView

Verdict = Submission.Verdict

EXPLANATIONS: dict[str, str] = {
    Verdict.ACCEPTED: "Every case passed.",
    Verdict.WRONG_ANSWER: "Your code ran, but at least one result is not what the task asks for.",
    Verdict.RUNTIME_ERROR: "Your code raised an exception that the task does not ask for.",
    Verdict.TIME_LIMIT: "Your code took longer than this exercise allows.",
    Verdict.MEMORY_LIMIT: "Your code used more memory than this exercise allows.",
    Verdict.OUTPUT_LIMIT: "Your code printed or returned more than this exercise allows.",
    Verdict.SANDBOX_VIOLATION: (
        "Your code tried something that graded code may not do, "
        "such as opening a connection or starting a program."
    ),
    Verdict.INVALID_SUBMISSION: "Your code could not be loaded, or does not define what the task asks for.",
    Verdict.INTERNAL_ERROR: (
        "Grading failed through a fault of ours, several times in a row. It does not count against you. "
        "Please submit again later, and tell whoever runs this site if it happens again."
    ),
}
LONGEST_TEXT = 20_000


def as_text(value: Any) -> str:
    """A value of a report for reading: text as it is, anything else as JSON, cut when very long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} … (cut)"


@dataclass(frozen=True)
class CaseView:
    """One case. `facts` are short pairs of a label and a text; `inputs` pairs of a name and a text."""

    name: str
    visible: bool
    verdict: str
    points: int
    call: str
    message: str
    diagnosis: str
    seconds: float
    inputs: list[tuple[str, str]]
    expected: str
    actual: str
    facts: list[tuple[str, str]]
    stdout: str
    frames: list[str]
    heat: dict[str, Any] | None = None
    pictures: list[drawn_view.Pair] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_run: bool = False
    needs_gpu: bool = False
    open: bool = False

    @property
    def passed(self) -> bool:
        return self.verdict == Verdict.ACCEPTED

    @property
    def bonus(self) -> bool:
        """Whether it is something to win only: it has no points."""
        return self.points == 0

    @property
    def verdict_text(self) -> str:
        return verdict_text(self.verdict)

    @property
    def earned(self) -> int:
        return self.points if self.passed else 0

    @property
    def milliseconds(self) -> float:
        return 1000 * self.seconds


@dataclass(frozen=True)
class Result:
    """A finished submission."""

    verdict: str
    explanation: str
    message: str
    percent: int
    cases: list[CaseView]
    sandbox: str
    seconds: float | None
    memory_mb: float | None
    frames: list[str]
    stdout: str
    is_run: bool
    device: str
    speed: SpeedView | None = None

    @property
    def verdict_text(self) -> str:
        if self.is_run and self.verdict == Verdict.ACCEPTED:
            return "Visible cases passed"
        return verdict_text(self.verdict)

    @property
    def failing(self) -> list[CaseView]:
        """The cases that ran, count and failed."""
        return [case for case in self.cases if not (case.passed or case.not_run or case.bonus)]

    @property
    def missed(self) -> list[CaseView]:
        """The bonus cases that ran and were not won."""
        return [case for case in self.cases if case.bonus and not (case.passed or case.not_run)]

    @property
    def not_run_text(self) -> str:
        """How many cases were not run since the session had ended; empty if all were."""
        count = sum(case.not_run and not case.needs_gpu for case in self.cases)
        return not_run_text(count) if count else ""

    @property
    def without_gpu_text(self) -> str:
        """How many cases were not run because they need a GPU; empty if none does."""
        count = sum(case.needs_gpu for case in self.cases)
        return without_gpu_text(count) if count else ""

    @property
    def passing(self) -> list[CaseView]:
        return [case for case in self.cases if case.passed]

    @property
    def earned(self) -> int:
        return sum(case.earned for case in self.cases)

    @property
    def points(self) -> int:
        return sum(case.points for case in self.cases if not case.needs_gpu)


def verdict_text(verdict: str) -> str:
    return str(Verdict(verdict).label) if verdict in Verdict.values else verdict


def present(submission: Submission) -> Result | None:
    """The result of a finished submission; None before."""
    if not submission.is_finished:
        return None
    report = submission.report or {}
    cases = [_case(case) for case in report.get("cases", [])]
    return Result(
        verdict=submission.verdict,
        explanation=_explanation(submission),
        message=as_text(report.get("message") or ""),
        percent=submission.percent,
        cases=_first_failing_open(cases),
        sandbox=as_text(report.get("sandbox") or ""),
        seconds=submission.seconds,
        memory_mb=submission.memory_mb,
        frames=_frames(report.get("frames")),
        stdout=as_text(report.get("stdout") or ""),
        is_run=submission.kind == Submission.Kind.RUN,
        device=as_text(report.get("device") or ""),
        speed=speed_view.present(report.get("speed")),
    )


@dataclass(frozen=True)
class Past:
    """What a regrade has replaced."""

    result: Result
    replaced: datetime


def past(submission: Submission) -> list[Past]:
    """The verdicts that this submission had before, the newest first."""
    found = []
    for old in submission.past_reports.all():
        usage = (old.report or {}).get("usage") or {}
        was = copy(submission)
        was.verdict, was.score, was.report = old.verdict, old.score, old.report
        was.seconds, was.memory_mb = usage.get("wall_seconds"), usage.get("peak_memory_mb")
        result = present(was)
        if result is not None:
            found.append(Past(result, old.replaced))
    return found


def _explanation(submission: Submission) -> str:
    if submission.kind == Submission.Kind.RUN and submission.verdict == Verdict.ACCEPTED:
        return "Every visible case passed. Submit to have the hidden cases judged as well."
    return EXPLANATIONS.get(submission.verdict, "")


def _first_failing_open(cases: list[CaseView]) -> list[CaseView]:
    """Only the first failing case starts unfolded."""
    for index, case in enumerate(cases):
        if not (case.passed or case.not_run or case.bonus):
            opened = CaseView(**{**vars(case), "open": True})
            return [*cases[:index], opened, *cases[index + 1 :]]
    return cases


def _case(case: dict[str, Any]) -> CaseView:
    return CaseView(
        name=as_text(case.get("name", "")),
        visible=bool(case.get("visible")),
        verdict=str(case.get("verdict", "")),
        points=int(case.get("points", 0)),
        call=as_text(case.get("call") or ""),
        message=as_text(case.get("message") or ""),
        diagnosis=as_text(case.get("diagnosis") or ""),
        seconds=float(case.get("seconds") or 0.0),
        inputs=_inputs(case.get("inputs")),
        expected=_optional(case.get("expected")),
        actual=_optional(case.get("actual")),
        facts=_facts(case.get("diff") or {}),
        stdout=as_text(case.get("stdout") or ""),
        frames=_frames(case.get("frames")),
        heat=drawn_view.heat(case),
        pictures=drawn_view.pictures(case),
        notes=[as_text(note) for note in case.get("notes") or []],
        not_run=was_not_run(case),
        needs_gpu=needs_gpu(case),
    )


def _optional(value: Any) -> str:
    return "" if value is None else as_text(value)


def _inputs(inputs: Any) -> list[tuple[str, str]]:
    return [(as_text(item["name"]), as_text(item["text"])) for item in inputs or []]


def _shape(value: Any) -> str:
    return str(tuple(value)) if isinstance(value, list) else str(value)


def _facts(diff: dict[str, Any]) -> list[tuple[str, str]]:
    """What differs, in words; only what the report holds."""
    facts = []
    if diff.get("shape_expected") is not None:
        facts.append(("Expected shape", _shape(diff["shape_expected"])))
    if diff.get("shape_actual") is not None:
        facts.append(("Your shape", _shape(diff["shape_actual"])))
    if diff.get("first_wrong") is not None:
        facts.append(("First wrong index", _shape(diff["first_wrong"])))
    if diff.get("largest_error") is not None:
        facts.append(("Largest error", _number(diff["largest_error"])))
    if diff.get("wrong") is not None and diff.get("total") is not None:
        facts.append(("Wrong entries", f"{diff['wrong']:,} of {diff['total']:,}"))
    if diff.get("first_wrong") is not None and diff.get("expected_there") is not None:
        facts.append(("Expected there", as_text(diff["expected_there"])))
        facts.append(("What came back there", as_text(diff.get("actual_there"))))
    return facts


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else str(value)


def _frames(frames: Any) -> list[str]:
    """Lines of a traceback, in the learner's own code only."""
    return [
        as_text(f"line {frame['line']}, in {frame['function']}: {frame['text']}") for frame in frames or []
    ]
