"""Cases accept every right answer and reject the starter; the timed case accepts answers and baselines."""

from exercises.candidate import Raised
from exercises.catalogue import Exercise, Solution
from exercises.dsl import Case
from exercises.failure import Failure
from exercises.local import LocalCandidate
from exercises.proof.layout import right_answers
from exercises.proof.seeds import FIRST, Seeds


def failed(
    exercise: Exercise, case: Case, seed: int, source: str, name: str
) -> tuple[LocalCandidate, Exception] | None:
    """Run a trusted source on a case: the candidate with its calls and what went wrong, or None."""
    candidate = LocalCandidate(source, name, exercise.provided)
    try:
        case.run(candidate, seed)
    except Exception as error:
        return candidate, error
    return None


def verdict_cases(exercise: Exercise, source: str) -> tuple[Case, ...]:
    """The cases that decide about an answer: all that it is given but bonus ones."""
    return tuple(case for case in exercise.cases_for(source) if not case.bonus)


def right_problems(exercise: Exercise, seeds: Seeds) -> list[str]:
    """Cases that a right answer fails, and bonus cases that none of them wins.

    Visible cases have the same inputs for every seed and run once, and so do those for a GPU, which here only
    repeat what the same case does on the CPU.
    """
    problems = [
        problem
        for answer in right_answers(exercise)
        for seed in seeds.each()
        for problem in _failures(exercise, answer, seed)
    ]
    return problems or _bonus_problems(exercise)


def _bonus_problems(exercise: Exercise) -> list[str]:
    return [
        f"checks.py: no right answer wins the bonus case {case.name!r}"
        for case in exercise.cases
        if case.bonus
        and all(
            case not in exercise.cases_for(answer.source)
            or failed(exercise, case, FIRST, answer.source, "solution")
            for answer in right_answers(exercise)
        )
    ]


def _failures(exercise: Exercise, answer: Solution, seed: int) -> list[str]:
    problems = []
    for case in verdict_cases(exercise, answer.source):
        if seed != FIRST and (case.visible or case.device != exercise.devices[0]):
            continue
        try:
            found = failed(exercise, case, seed, answer.source, "solution")
        except Exception as error:
            return [f"{answer.file}: {words(error)}"]
        if found:
            problems.append(f"{answer.file}: fails {case.name!r} (seed {seed}): {words(found[1])}")
    return problems


def starter_problems(exercise: Exercise) -> list[str]:
    """A starter that passes leaves nothing to do."""
    try:
        for case in verdict_cases(exercise, exercise.starter):
            if failed(exercise, case, FIRST, exercise.starter, "starter"):
                return []
    except Exception as error:
        return [f"starter.py: {words(error)}"]
    return ["starter.py: accepted by every case"]


def speed_problems(exercise: Exercise) -> list[str]:
    """Model answers and baselines give the right result of the timed call, and tiers are set."""
    timed = exercise.timed
    if timed is None:
        return []
    problems = []
    if exercise.speed is None:
        problems.append("exercise.toml: speed: missing; python -m grader.calibrate --write adds it")
    if timed.function not in exercise.entry_points:
        problems.append(f"speed.py: times {timed.function}, which is no entry point")
    sources = {f"baselines/{name}.py": source for name, source in exercise.baselines.items()}
    sources |= {solution.file: solution.source for solution in exercise.solutions}
    for file, source in sources.items():
        try:
            call = timed.call(FIRST, 0)
            call.check(getattr(exercise.local(source, file), timed.function)(*call.args, **call.kwargs))
        except Exception as error:
            problems.append(f"{file}: fails the timed call: {words(error)}")
    return problems


def words(error: Exception) -> str:
    """An error in one line."""
    if isinstance(error, Failure):
        return f"{error.message}{'; ' if error.detail else ''}{error.detail}"
    if isinstance(error, Raised):
        return str(error)
    return f"{type(error).__name__}: {error}"
