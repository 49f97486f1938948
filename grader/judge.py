"""Judges a submission: drives an exercise's cases through one sandboxed session, one call at a time.

Input i is sent only after output i-1 came back; expected values, seeds and references stay in this process.
Whatever comes back is data to be judged. A fault of ours gives internal_error and never a learner's verdict.
"""

import hashlib
import importlib
import logging
from collections.abc import Callable
from dataclasses import asdict, replace
from time import perf_counter, thread_time
from typing import Any

from exercises import feeding, forbidden
from exercises.candidate import Call, Candidate, Raised
from exercises.catalogue import Exercise, Mistake
from exercises.diagnosis import diagnose, failing_call, outcome
from exercises.dsl import Case
from exercises.failure import Difference, Failure, Kind
from grader import devices, heat, words
from grader.candidate import RemoteDriver, raised
from grader.engine import Engine, Handle, Limits, Session, errors
from grader.report import NOT_RUN, CaseReport, Report, Verdict
from grader.speed import measure

log = logging.getLogger(__name__)

DIAGNOSIS_SECONDS = 2.0  # of CPU time, in one judgement, for all its failed cases together
FORBIDDEN = "{} is not allowed here: this exercise is about writing that yourself."
FAULT_MESSAGE = "Grading failed through a fault of ours. This does not count against you."

Listener = Callable[[dict[str, Any]], None]


def candidates_seed(seed: int) -> int:
    """What the candidate's global random generators start from; the secret does not follow from it."""
    return int.from_bytes(hashlib.blake2b(str(seed).encode(), digest_size=8, person=b"candidate").digest())


class CheckBroken(Exception):
    """A check raised something else than a failure, for the model answer too."""


def judge(
    exercise: Exercise,
    source: bytes,
    *,
    engine: Engine,
    seed: int,
    visible_only: bool = False,
    speed: bool = False,
    on_event: Listener | None = None,
) -> Report:
    """Judge a submission on all cases, or on the visible ones. Never raises for what a candidate does.

    Cases for a GPU are run where the engine has one, and are neither run nor counted elsewhere.

    With `speed`, an answer that all cases accept is timed, where the exercise has speed tiers.

    `on_event({"case": i, "of": n, "name": ...})` is called before each case, i counting from 1, and again
    with a "note" when a check tells how far it is. The same source, seed and exercise version give the same
    report, apart from times and from `feeding`, which is found if there is time.
    """
    report = Judgement(exercise, source, engine, seed, visible_only, on_event).report()
    if speed and not visible_only and report.verdict is Verdict.ACCEPTED:
        timed = measure(exercise, source, engine=engine, seed=seed)
        report = replace(report, speed=timed.as_dict() if timed else None)
    return report


class Judgement:
    """One judgement under way."""

    def __init__(
        self,
        exercise: Exercise,
        source: bytes,
        engine: Engine,
        seed: int,
        visible_only: bool,
        on_event: Listener | None,
    ) -> None:
        self.exercise = exercise
        self.source = source
        self.engine = engine
        self.seed = seed
        self.text = source.decode("utf-8", "replace")
        self.wanted = list(exercise.cases_for(self.text, visible_only=visible_only))
        self.cases = self.wanted  # without those that need a device which is not there
        self.device = devices.CPU
        self.on_event = on_event or (lambda event: None)
        self.done: list[CaseReport] = []
        self.diagnosis_seconds = DIAGNOSIS_SECONDS
        self.feeding_seconds = feeding.SECONDS
        self.named: Mistake | None = None

    def report(self) -> Report:
        """Judge. A fault of ours leaves no verdict of a learner's behind."""
        start = perf_counter()
        details: dict[str, Any] = {}
        try:
            details = self._run()
        except Exception as error:
            log.exception("judging a submission to %s failed", self.exercise.slug)
            details = {"message": FAULT_MESSAGE, "fault": f"{type(error).__name__}: {error}"}
            self.done = [self._unjudged(case, Verdict.INTERNAL_ERROR, FAULT_MESSAGE) for case in self.cases]
        seconds = perf_counter() - start
        return Report(
            self.exercise.slug,
            self.exercise.version,
            self.seed,
            self._in_order(),
            seconds=seconds,
            device=self.device,
            **details,
        )

    def _in_order(self) -> tuple[CaseReport, ...]:
        """What was judged, and between it the cases for a device that is not there."""
        done = iter(self.done)
        absent = f"{NOT_RUN}{devices.NO_GPU_WORKER}"
        return tuple(
            next(done) if case in self.cases else self._unjudged(case, Verdict.NOT_RUN, absent)
            for case in self.wanted
        )

    def _run(self) -> dict[str, Any]:
        self.device = devices.where(self.exercise, self.wanted, self.engine)
        self.cases = [case for case in self.wanted if devices.runs(case, self.device)]
        limits = self.exercise.limits
        asked = Limits(
            seconds=limits.seconds,
            memory_mb=limits.memory_mb,
            threads=limits.threads,
            device_memory_mb=limits.device_memory_mb,
        )
        profile = devices.profile_for(self.exercise, self.device, self.text)
        with self.engine.open(profile, asked, seed=candidates_seed(self.seed)) as session:
            details = self._in_session(session)
            usage = asdict(session.finish())
        return {**details, "sandbox": str(usage.pop("tier")), "usage": usage}

    def _in_session(self, session: Session) -> dict[str, Any]:
        """Load and judge; gives what the report says besides the cases."""
        try:
            self._load(session)
        except errors.CandidateFault as fault:
            return self._not_loaded(fault)
        try:
            for number, case in enumerate(self.cases, start=1):
                event = {"case": number, "of": len(self.cases), "name": case.name}
                self.on_event(event)
                self.done.append(self._judged(session, case, event))
        except errors.CandidateFault as fault:
            message = self._told(fault)
            only_bonus = all(case.bonus for case in self.cases[len(self.done) :])
            self._stopped(fault, message)
            return {} if only_bonus else {"message": message}
        return {}

    def _load(self, session: Session) -> None:
        """Execute the module and see that it defines what the task asks for, and keeps to its rules."""
        used = forbidden.use(self.text, self.exercise.forbidden)
        if used:
            raise errors.InvalidSubmission(FORBIDDEN.format(used[1]), used[0])
        for name, text in self.exercise.provided.items():
            session.provide(name, text)
        names = session.load(self.source).names
        for entry in self.exercise.entry_points:
            found = None if entry in names else session.attribute(None, entry).value
            if found is not None and not isinstance(found, Handle):
                raise errors.InvalidSubmission(f"'{entry}' has to be a function or a class.")

    def _not_loaded(self, fault: errors.CandidateFault) -> dict[str, Any]:
        """The module did not even load: no case was run, no hidden input was out, so all may be told."""
        verdict = Verdict(fault.verdict)
        message = words.clean(fault.message)
        frames = []
        if isinstance(fault, errors.CandidateRaised):
            frames = words.frames(raised(fault).frames, self.text)
        elif isinstance(fault, errors.InvalidSubmission) and fault.line:
            message = f"line {fault.line}: {message}"
        self.done = [self._unjudged(case, verdict, f"{NOT_RUN}{message}") for case in self.cases]
        stdout = words.clean(fault.stdout, words.STDOUT_CHARACTERS)
        return {"message": message, "frames": tuple(frames), "stdout": stdout}

    def _told(self, fault: errors.CandidateFault) -> str:
        """A fault in words. Once hidden inputs are out, in ours only: the child's own could hold them."""
        hidden = any(not case.visible for case in self.cases[: len(self.done) + 1])
        ours = words.WITHOUT_THE_CHILDS.get(fault.verdict) if hidden else None
        return ours or words.clean(fault.message)

    def _stopped(self, fault: errors.CandidateFault, message: str) -> None:
        """The session is dead: the case under way and all after it share the verdict."""
        for index, case in enumerate(self.cases[len(self.done) :]):
            text = message if index == 0 else f"{NOT_RUN}{message}"
            self.done.append(self._unjudged(case, Verdict(fault.verdict), text))

    @staticmethod
    def _unjudged(case: Case, verdict: Verdict, message: str) -> CaseReport:
        return CaseReport(case.name, case.visible, verdict, case.points, message)

    def _judged(self, session: Session, case: Case, event: dict[str, Any]) -> CaseReport:
        """Run one case. Raises CandidateFault when the session died, anything else for a fault of ours."""
        driver = RemoteDriver(
            session, visible=case.visible, on_note=lambda note: self.on_event({**event, "note": note})
        )
        try:
            case.run(Candidate(driver), self.seed)
        except Failure as failure:
            return self._failed(case, driver, failure)
        except Raised as error:
            return self._failed(case, driver, error)
        except (errors.CandidateFault, errors.EngineError):
            raise
        except Exception as error:
            return self._failed(case, driver, self._unusable(case, error))
        details = self._details(case, driver, None)
        return CaseReport(
            case.name, case.visible, Verdict.ACCEPTED, case.points, seconds=driver.seconds, details=details
        )

    def _unusable(self, case: Case, error: Exception) -> Failure:
        """A check that stumbles over what came back is no fault of ours if it takes a model answer."""
        model = self.exercise.solutions[0].source
        if outcome(self.exercise, case, self.seed, model, "solution") is not None:
            raise CheckBroken(f"case {case.name!r} of {self.exercise.slug}") from error
        return Failure(Kind.TYPE, "what came back cannot be used: wrong type or structure")

    def _failed(self, case: Case, driver: RemoteDriver, error: Failure | Raised) -> CaseReport:
        mistake = self._diagnosed(case, driver, error)
        verdict = Verdict.WRONG_ANSWER if isinstance(error, Failure) else Verdict.RUNTIME_ERROR
        return CaseReport(
            case.name,
            case.visible,
            verdict,
            case.points,
            message=_message(error, case.visible),
            diagnosis=mistake.diagnosis if mistake else None,
            mistake=mistake.name if mistake else None,
            kind=str(error.kind) if isinstance(error, Failure) else str(Kind.EXCEPTION),
            seconds=driver.seconds,
            details=self._details(case, driver, error),
        )

    def _diagnosed(self, case: Case, driver: RemoteDriver, error: Failure | Raised) -> Mistake | None:
        """A diagnosis is a help: when it takes long or breaks, the verdict stands without it."""
        start = thread_time()
        try:
            if self.exercise.profile_for(self.text) != "numpy":
                importlib.import_module("torch")  # seconds, once a process, that don't count
                start = thread_time()
            found = diagnose(
                self.exercise,
                case,
                self.seed,
                driver.calls,
                error,
                deadline=start + self.diagnosis_seconds,
                likely=self.named,
            )
        except Exception:
            log.exception("diagnosing case %r of %s failed", case.name, self.exercise.slug)
            found = None
        self.diagnosis_seconds -= thread_time() - start
        self.named = found or self.named
        return found

    def _details(self, case: Case, driver: RemoteDriver, error: Failure | Raised | None) -> dict[str, Any]:
        """What the learner may see: on hidden cases shapes where they differ, and lines of their own code."""
        details = self._shown(driver, error) if case.visible else {}
        if driver.notes:
            details["notes"] = driver.notes
        if error is None:
            return details
        raised_error = error if isinstance(error, Raised) else error.actual
        if isinstance(raised_error, Raised):
            details["frames"] = words.frames(raised_error.frames, self.text)
        if isinstance(error, Failure) and error.difference is not None:
            details["diff"] = _difference(error.difference, case.visible)
        return details

    def _shown(self, driver: RemoteDriver, error: Failure | Raised | None) -> dict[str, Any]:
        """Inputs, expected and actual value and output of a visible case, for the call that matters."""
        shown: dict[str, Any] = {"stdout": words.clean("".join(driver.stdout), words.STDOUT_CHARACTERS)}
        if driver.pictures:
            shown["pictures"] = driver.pictures
        index = failing_call(driver.calls, error) if error else len(driver.calls) - 1
        if index is None or index < 0:
            return shown
        call = driver.calls[index]
        shown |= {"call": words.called(call), "inputs": words.inputs(self.exercise, call)}
        if call.reply is not None:
            shown["actual"] = words.value_text(call.reply.value)
        if isinstance(error, Failure):
            if error.expected is not None:
                shown["expected"] = words.value_text(error.expected)
            if error.actual is not None:
                shown["actual"] = words.value_text(error.actual)
            shown |= self._drawn(call, error)
        return shown

    def _drawn(self, call: Call, failure: Failure) -> dict[str, Any]:
        """What a page draws of a wrong array; like a diagnosis it is a help, and may fail."""
        start = thread_time()
        try:
            within = min(self.feeding_seconds, self.diagnosis_seconds)
            drawn = heat.drawn(self.exercise, call, failure, deadline=start + within)
        except Exception:
            log.exception("drawing what failed in %s failed", self.exercise.slug)
            drawn = {}
        spent = thread_time() - start
        self.feeding_seconds -= spent
        self.diagnosis_seconds -= spent
        return drawn


def _message(error: Failure | Raised, visible: bool) -> str:
    if isinstance(error, Raised):
        return words.exception_text(error, visible)
    detail = f"; {error.detail}" if visible and error.detail else ""
    return words.clean(error.message + detail)


def _difference(difference: Difference, visible: bool) -> dict[str, Any]:
    """A hidden case tells the shapes and nothing of the values."""
    shapes = {
        "shape_expected": [int(size) for size in difference.shape_expected],
        "shape_actual": [int(size) for size in difference.shape_actual],
    }
    if not visible:
        return shapes
    first = difference.first_wrong
    return {
        **shapes,
        "first_wrong": None if first is None else list(first),
        "largest_error": difference.largest_error,
        "wrong": difference.wrong,
        "total": difference.total,
        "expected_there": words.plain(difference.expected_there),
        "actual_there": words.plain(difference.actual_there),
    }
