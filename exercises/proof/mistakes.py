"""Every mistake is rejected, and recognised by name, whatever the seed.

With the first seed a mistake goes through all cases, unless that takes long. With each further one it has to
fail and be named in the case that named it first, or else in any other. A visible case has the same inputs
for every seed, so what it showed once it shows always; hidden ones are preferred.

With the first seeds all other mistakes are rivals for the name, as they are for a learner. That takes a
replay of each of them, so with later seeds a mistake has to be rejected and to be recognised by itself alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import process_time

from exercises.candidate import Raised
from exercises.catalogue import Exercise, Mistake
from exercises.diagnosis import diagnose
from exercises.dsl import Case
from exercises.failure import Failure
from exercises.local import LocalCandidate
from exercises.proof.answers import failed, verdict_cases, words
from exercises.proof.seeds import Seeds

RIVALS = 4  # seeds with which all mistakes are tried
PATIENCE = 5.0  # CPU seconds after which a mistake that was rejected goes through no more cases


@dataclass
class _Finding:
    """What one seed showed of a mistake."""

    seed: int
    rejected: list[Case] = field(default_factory=list)
    named: Case | None = None
    others: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)


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
    """Run all cases, then diagnose failed ones, hidden and quick ones first, until one names the mistake."""
    finding, failures, begun = _Finding(seed), [], process_time()
    for case in cases:
        if finding.rejected and process_time() - begun > PATIENCE:
            break
        started = process_time()
        found = failed(exercise, case, seed, mistake.source, mistake.name)
        if found is None:
            continue
        finding.rejected.append(case)
        if isinstance(found[1], (Failure, Raised)):
            failures.append((case.visible, process_time() - started, case, *found))
        else:
            finding.strange.append(
                f"checks.py: {case.name!r} breaks on mistakes/{mistake.name}.py: {words(found[1])}"
            )
    for *_, case, candidate, error in sorted(failures, key=lambda failure: failure[:2]):
        if _is_named(exercise, mistake, finding, case, candidate, error):
            break
    return finding


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
    diagnosis = diagnose(exercise, case, finding.seed, candidate._driver.calls, error, among=among)
    if diagnosis and diagnosis.name == mistake.name:
        finding.named = case
    elif diagnosis:
        finding.others.add(diagnosis.name)
    return finding.named is not None
