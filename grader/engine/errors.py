"""Everything that can go wrong with the engine, in one tree.

EngineError                  a fault of ours: retry, never count it against the learner
|-- EngineUnavailable        no runner, no such profile, or no free place in time
|-- SandboxRefused           this machine lacks isolation features that grading needs
`-- EngineFault              the runner or a zygote broke in the middle of a session

CandidateFault               what the candidate's code did; `.verdict` names it
|-- InvalidSubmission        invalid_submission: cannot be read, compiled, or lacks a name   (session is dead)
|-- CandidateRaised          runtime_error: an exception left the candidate's code           (session goes on)
|-- CandidateDied            runtime_error: the process ended by itself                      (session is dead)
|-- TimeLimit                time_limit                                                      (session is dead)
|-- MemoryLimit              memory_limit                                                    (session is dead)
|-- OutputLimit              output_limit                                                    (session is dead)
`-- SandboxViolation         sandbox_violation                                               (session is dead)
"""

from typing import NamedTuple


class EngineError(Exception):
    """A fault of ours, never of the candidate."""

    verdict = "internal_error"


class EngineUnavailable(EngineError):
    """No runner answers, or it cannot serve this profile."""


class SandboxRefused(EngineError):
    """The machine lacks what safe grading needs; the message lists it."""


class EngineFault(EngineError):
    """The engine broke while a session was open."""


class CandidateFault(Exception):
    """What the candidate did wrong; `str()` is a sentence for the learner."""

    verdict = "runtime_error"

    def __init__(self, message: str, *, stdout: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.stdout = stdout


class InvalidSubmission(CandidateFault):
    """The source cannot be used as it is; `line` (from 1) where one is known."""

    verdict = "invalid_submission"

    def __init__(self, message: str, line: int | None = None, *, stdout: str = "") -> None:
        super().__init__(message, stdout=stdout)
        self.line = line


class Frame(NamedTuple):
    """One frame of the learner's own code."""

    line: int
    function: str
    text: str


class CandidateRaised(CandidateFault):
    """An exception left the candidate's code.

    `bases` are the names of its classes from the most to the least derived: bare for built-in ones
    (`ValueError`), qualified with the module for others (`solution.ShapeError`).
    """

    def __init__(
        self,
        type_name: str,
        bases: tuple[str, ...],
        message: str,
        frames: tuple[Frame, ...] = (),
        *,
        stdout: str = "",
    ) -> None:
        super().__init__(f"{type_name}: {message}" if message else type_name, stdout=stdout)
        self.type_name = type_name
        self.bases = bases
        self.text = message
        self.frames = frames


class CandidateDied(CandidateFault):
    """The candidate's process ended by itself: a crash, or an exit without an exception."""

    def __init__(self, message: str, *, signal: int | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.signal = signal
        self.status = status


class TimeLimit(CandidateFault):
    verdict = "time_limit"


class MemoryLimit(CandidateFault):
    verdict = "memory_limit"


class OutputLimit(CandidateFault):
    verdict = "output_limit"


class SandboxViolation(CandidateFault):
    verdict = "sandbox_violation"
