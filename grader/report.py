"""What the judge says about a submission: frozen data, and its JSON."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MAX_REPORT_BYTES = 256 * 1024
NOT_RUN = "not run: "
DRAWN = ("feeding", "map", "pictures")  # what pages draw; the texts tell it as well
TEXTS = ("inputs", "expected", "actual", "stdout")


class Verdict(StrEnum):
    """How a case or a submission ended."""

    ACCEPTED = "accepted"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    SANDBOX_VIOLATION = "sandbox_violation"
    INVALID_SUBMISSION = "invalid_submission"
    INTERNAL_ERROR = "internal_error"
    NOT_RUN = "not_run"  # of a case only: it needs a device that is not there, and does not count


def was_not_run(case: dict[str, Any]) -> bool:
    """Whether a case of a report's JSON was skipped, since the session had ended before it or a device lacks.

    A case that ran and failed has a kind, so that no message of a candidate's can pass for this.
    """
    return case.get("kind") is None and str(case.get("message") or "").startswith(NOT_RUN)


def not_run_text(count: int) -> str:
    """How many cases were not run, in words."""
    return f"{count} case was not run" if count == 1 else f"{count} cases were not run"


def needs_gpu(case: dict[str, Any]) -> bool:
    """Whether a case of a report's JSON was not run because it needs a GPU."""
    return case.get("verdict") == Verdict.NOT_RUN


def without_gpu_text(count: int) -> str:
    """How many cases were not run for want of a GPU, in words."""
    if count == 1:
        return "1 case needs a GPU, and no GPU worker is here: it was not run and counts neither way."
    return f"{count} cases need a GPU, and no GPU worker is here: they were not run and count neither way."


@dataclass(frozen=True)
class CaseReport:
    """One case. `details` holds what only visible cases show, besides what may always be shown."""

    name: str
    visible: bool
    verdict: Verdict
    points: int
    message: str = ""
    diagnosis: str | None = None
    mistake: str | None = None
    kind: str | None = None
    seconds: float = 0.0
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def bonus(self) -> bool:
        """Whether it is without points: something to win, which no verdict depends on."""
        return self.points == 0

    def as_dict(self) -> dict[str, Any]:
        """The case's JSON."""
        return {
            "name": self.name,
            "visible": self.visible,
            "verdict": str(self.verdict),
            "points": self.points,
            "message": self.message,
            "diagnosis": self.diagnosis,
            "mistake": self.mistake,
            "kind": self.kind,
            "seconds": self.seconds,
            **self.details,
        }


@dataclass(frozen=True)
class Report:
    """A whole judgement. `fault` is for the operator's log and never part of the JSON."""

    exercise: str
    version: str
    seed: int
    cases: tuple[CaseReport, ...]
    message: str = ""
    seconds: float = 0.0
    sandbox: str = ""
    usage: dict[str, float] = field(default_factory=dict)
    frames: tuple[dict[str, Any], ...] = ()
    stdout: str = ""
    fault: str = ""
    device: str = "cpu"
    speed: dict[str, Any] | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of the first case that was run, counts and is not accepted."""
        failing = [case.verdict for case in self._counted if case.verdict is not Verdict.ACCEPTED]
        return failing[0] if failing else Verdict.ACCEPTED

    @property
    def score(self) -> float:
        """The share of points of the cases that were judged."""
        total = sum(case.points for case in self._counted)
        earned = sum(case.points for case in self._counted if case.verdict is Verdict.ACCEPTED)
        return earned / total if total else 0.0

    @property
    def _counted(self) -> list[CaseReport]:
        return [case for case in self.cases if case.verdict is not Verdict.NOT_RUN and not case.bonus]

    def as_dict(self) -> dict[str, Any]:
        """The report's JSON, of bounded size: the last cases lose what is drawn first, then their texts."""
        data = self._as_dict()
        size = len(json.dumps(data))
        for names in (DRAWN, TEXTS):
            for case in reversed(data["cases"]):
                for name in names:
                    if size > MAX_REPORT_BYTES and name in case:
                        size -= len(json.dumps({name: case.pop(name)}))  # two braces for comma and space
        return data

    def _as_dict(self) -> dict[str, Any]:
        return {
            "exercise": self.exercise,
            "version": self.version,
            "verdict": str(self.verdict),
            "score": self.score,
            "seed": self.seed,
            "seconds": self.seconds,
            "sandbox": self.sandbox,
            "device": self.device,
            "message": self.message,
            "frames": list(self.frames),
            "stdout": self.stdout,
            "usage": self.usage,
            "speed": self.speed,
            "cases": [case.as_dict() for case in self.cases],
        }
