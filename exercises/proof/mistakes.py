"""Every mistake is rejected, and recognised by name, whatever the seed.

With the first seed a mistake goes through all cases, unless that takes long. With each further one it has to
fail and be named in the case that named it first, or else in any other. A visible case has the same inputs
for every seed, so what it showed once it shows always; hidden ones are preferred.

With the first seeds all other mistakes are rivals for the name, as they are for a learner. That takes a
replay of each of them, so with later seeds a mistake has to be rejected and to be recognised by itself alone.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import process_time, thread_time

from exercises.candidate import Raised
from exercises.catalogue import Exercise, Mistake
from exercises.diagnosis import diagnose
from exercises.dsl import Case
from exercises.failure import Failure
from exercises.local import LocalCandidate
from exercises.proof.answers import failed, verdict_cases, words
from exercises.proof.seeds import Seeds

RIVALS = 4  # seeds with which all mistakes are tried
SLOW = 1.0  # CPU seconds of a failed case whose diagnosis, many times as long, is left for last
DIAGNOSIS_SECONDS = 20.0  # of CPU time, more than a learner's answer gets: this machine may be slow or busy
PATIENCE = 5.0  # CPU seconds after which a mistake that was rejected and named goes through no more cases


@dataclass
class _Finding:
    """What one seed showed of a mistake."""

    seed: int
    rejected: list[Case] = field(default_factory=list)
    named: Case | None = None
    others: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Failed:
    """A case that a mistake failed, and how long it took."""

    case: Case
    seconds: float
    candidate: LocalCandidate
    error: Exception

    def urgency(self) -> tuple[bool, bool, float]:
        """What sorts failures by when they are to be diagnosed."""
        return self.seconds > SLOW, self.case.visible, self.seconds


def mistake_problems(exercise: Exercise, seeds: Seeds) -> list[str]:
    """Mistakes that pass, are not named, or break a check."""
    return [problem for mistake in exercise.mistakes for problem in _problems(exercise, mistake, seeds)]


def _problems(exercise: Exercise, mistake: Mistake, seeds: Seeds) -> list[str]:
    file = f"mistakes/{mistake.name}.py"
    cases = verdict_cases(exercise, mistake.source)
    rest = seeds.each()
    try:
        finding = _everywhere(exercise, mistake, cases, next(rest))
        problems = finding.strange + _complaints(file, finding)
        if finding.named is None or finding.named.visible:
            return problems
        order = sorted(cases, key=lambda case: (case != finding.named, case not in finding.rejected))
        for number, seed in enumerate(rest, start=1):
            among = None if number < RIVALS else [mistake]
            problems += _complaints(file, _somewhere(exercise, mistake, order, seed, among))
    except Exception as error:
        return [f"{file}: {words(error)}"]
    return problems


def _complaints(file: str, finding: _Finding) -> list[str]:
    if not finding.rejected:
        return [f"{file}: accepted by every case (seed {finding.seed})"]
    if finding.named is None:
        others = f"; {', '.join(sorted(finding.others))} named instead" if finding.others else ""
        return [f"{file}: rejected, but not diagnosed (seed {finding.seed}){others}"]
    return []


def _everywhere(exercise: Exercise, mistake: Mistake, cases: Sequence[Case], seed: int) -> _Finding:
    """Run all cases, then diagnose failed ones until one names the mistake: hidden ones first, slow last.

    If that takes long, diagnose what has failed so far, and go on only while nothing has named it.
    """
    finding, begun, waiting = _Finding(seed), process_time(), deque(cases)
    while waiting and finding.named is None:
        failures: list[_Failed] = []
        while waiting and not (failures and process_time() - begun > PATIENCE):
            failures += _run(exercise, mistake, finding, waiting.popleft())
        for failure in sorted(failures, key=_Failed.urgency):
            if _is_named(exercise, mistake, finding, failure.case, failure.candidate, failure.error):
                break
    return finding


def _run(exercise: Exercise, mistake: Mistake, finding: _Finding, case: Case) -> list[_Failed]:
    """Run one case and note what comes of it; the failure, if it is one that a learner would see."""
    started = process_time()
    found = failed(exercise, case, finding.seed, mistake.source, mistake.name)
    if found is None:
        return []
    finding.rejected.append(case)
    candidate, error = found
    if isinstance(error, (Failure, Raised)):
        return [_Failed(case, process_time() - started, candidate, error)]
    finding.strange.append(f"checks.py: {case.name!r} breaks on mistakes/{mistake.name}.py: {words(error)}")
    return []


def _somewhere(
    exercise: Exercise, mistake: Mistake, cases: Sequence[Case], seed: int, among: list[Mistake] | None
) -> _Finding:
    """Run cases in this order until one names the mistake."""
    finding = _Finding(seed)
    for case in cases:
        found = failed(exercise, case, seed, mistake.source, mistake.name)
        if found is None:
            continue
        finding.rejected.append(case)
        if _is_named(exercise, mistake, finding, case, *found, among):
            break
    return finding


def _is_named(
    exercise: Exercise,
    mistake: Mistake,
    finding: _Finding,
    case: Case,
    candidate: LocalCandidate,
    error: Exception,
    among: list[Mistake] | None = None,
) -> bool:
    """Diagnose one failed case and note what comes of it."""
    deadline = thread_time() + DIAGNOSIS_SECONDS
    diagnosis = diagnose(
        exercise, case, finding.seed, candidate._driver.calls, error, deadline=deadline, among=among
    )
    if diagnosis and diagnosis.name == mistake.name:
        finding.named = case
    elif diagnosis:
        finding.others.add(diagnosis.name)
    return finding.named is not None
