"""Proves exercises: model answers pass, starters and mistakes fail, mistakes are told apart.

python -m exercises.validate [SLUG ...] [--seeds N]
"""

import argparse
import ast
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exercises import catalogue, forbidden
from exercises.candidate import Raised
from exercises.catalogue import Exercise, ExerciseError, Mistake, Solution
from exercises.diagnosis import diagnose
from exercises.dsl import Case
from exercises.failure import Failure
from exercises.local import LocalCandidate

SEED = 20_000
MIN_HIDDEN = 3
MIN_ANSWERS = 2
COLUMNS = "{:28} {:>5} {:>6} {:>9} {:>7} {:>8}  {}"


@dataclass
class Result:
    """What is wrong with one exercise, and its sizes for the table."""

    slug: str
    cases: int = 0
    points: int = 0
    solutions: int = 0
    answers: int = 0
    mistakes: int = 0
    problems: list[str] = field(default_factory=list)
    skipped: str = ""


def check(slug: str, seeds: int = 3, root: Path = catalogue.CATALOGUE) -> Result:
    """Prove one exercise over several seeds."""
    result = Result(slug)
    try:
        exercise = catalogue.load(slug, root)
        if exercise.profile != "numpy" and importlib.util.find_spec("torch") is None:
            result.skipped = "needs PyTorch, which is not installed"
            return result
        cases = exercise.cases
    except ExerciseError as error:
        result.problems.append(str(error))
        return result
    result.cases, result.points = len(cases), exercise.points
    result.solutions, result.answers = len(exercise.solutions), len(exercise.answers)
    result.mistakes = len(exercise.mistakes)
    result.problems += _layout_problems(exercise)
    for seed in range(SEED, SEED + seeds):
        result.problems += _solution_problems(exercise, seed)
    for seed in range(SEED, SEED + seeds):
        if not result.problems:  # without a right answer, mistakes show nothing
            result.problems += _mistake_problems(exercise, seed)
    result.problems += _starter_problems(exercise)
    result.problems += _speed_problems(exercise)
    return result


def _layout_problems(exercise: Exercise) -> list[str]:
    everywhere = [
        case
        for case in exercise.cases
        if case.device == exercise.devices[0] and case.framework in ("", exercise.frameworks[0])
    ]
    hidden = [case for case in everywhere if not case.visible]
    where = f" for {exercise.devices[0]}" if len(exercise.devices) > 1 else ""
    problems = []
    if len(hidden) == len(everywhere):
        problems.append(f"checks.py: needs at least one visible case{where}")
    if len(hidden) < MIN_HIDDEN:
        problems.append(f"checks.py: needs at least {MIN_HIDDEN} hidden cases{where}, has {len(hidden)}")
    visible = [case.visible for case in exercise.cases]
    if visible != sorted(visible, reverse=True):
        problems.append(
            "checks.py: visible cases must come first: they could show inputs of hidden ones before"
        )
    problems += _forbidden_problems(exercise)
    if not exercise.mistakes:
        problems.append("mistakes/: needs at least one typical mistake")
    if len(exercise.answers) < MIN_ANSWERS:
        problems.append(
            f"answers/: needs at least {MIN_ANSWERS} right answers in other styles than the model answer's, "
            f"has {len(exercise.answers)}"
        )
    for file, source in [("starter.py", exercise.starter), *((s.file, s.source) for s in _right(exercise))]:
        problems += _entry_problems(exercise, file, source)
    return problems


def _right(exercise: Exercise) -> tuple[Solution, ...]:
    """All answers that every case must accept."""
    return exercise.solutions + exercise.answers


def _forbidden_problems(exercise: Exercise) -> list[str]:
    """Right answers keep to what the statement allows."""
    found = [(one.file, forbidden.use(one.source, exercise.forbidden)) for one in _right(exercise)]
    return [f"{file}:{use[0]}: uses {use[1]}, which exercise.toml forbids" for file, use in found if use]


def _entry_problems(exercise: Exercise, file: str, source: str) -> list[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"{file}:{error.lineno}: {error.msg}"]
    defined = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    problems = [f"{file}: does not define {name}" for name in exercise.entry_points if name not in defined]
    for name in exercise.entry_points:
        if name in defined and "/" not in file and not ast.get_docstring(defined[name]):
            problems.append(f"{file}: {name} has no docstring")
    return problems


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


def _solution_problems(exercise: Exercise, seed: int) -> list[str]:
    problems = []
    for solution in _right(exercise):
        for case in exercise.cases_for(solution.source):
            try:
                found = failed(exercise, case, seed, solution.source, "solution")
            except Exception as error:
                return [f"{solution.file}: {_words(error)}"]
            if found:
                problems.append(f"{solution.file}: fails {case.name!r} (seed {seed}): {_words(found[1])}")
    return problems


def _mistake_problems(exercise: Exercise, seed: int) -> list[str]:
    problems = []
    for mistake in exercise.mistakes:
        try:
            named, rejected, strange = _diagnoses(exercise, mistake, seed)
        except Exception as error:
            problems.append(f"mistakes/{mistake.name}.py: {_words(error)}")
            continue
        problems += strange
        if not rejected:
            problems.append(f"mistakes/{mistake.name}.py: accepted by every case (seed {seed})")
        elif mistake.name not in named:
            others = f"; {', '.join(sorted(named))} named instead" if named else ""
            problems.append(f"mistakes/{mistake.name}.py: rejected, but not diagnosed (seed {seed}){others}")
    return problems


def _diagnoses(exercise: Exercise, mistake: Mistake, seed: int) -> tuple[set[str], bool, list[str]]:
    """The mistakes that the failed cases of a mistake are taken for, whether any failed, and odd errors."""
    named, rejected, strange = set(), False, []
    for case in exercise.cases_for(mistake.source):
        found = failed(exercise, case, seed, mistake.source, mistake.name)
        if found is None:
            continue
        rejected = True
        candidate, error = found
        if not isinstance(error, (Failure, Raised)):
            strange.append(f"checks.py: {case.name!r} breaks on mistakes/{mistake.name}.py: {_words(error)}")
            continue
        if mistake.name in named:
            continue  # proved already; the rest of the cases only has to be rejected soundly
        diagnosis = diagnose(exercise, case, seed, candidate._driver.calls, error)
        if diagnosis:
            named.add(diagnosis.name)
    return named, rejected, strange


def _starter_problems(exercise: Exercise) -> list[str]:
    try:
        failures = [
            failed(exercise, case, SEED, exercise.starter, "starter")
            for case in exercise.cases_for(exercise.starter)
        ]
    except Exception as error:
        return [f"starter.py: {_words(error)}"]
    return [] if any(failures) else ["starter.py: accepted by every case"]


def _speed_problems(exercise: Exercise) -> list[str]:
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
            call = timed.call(SEED, 0)
            call.check(getattr(exercise.local(source, file), timed.function)(*call.args, **call.kwargs))
        except Exception as error:
            problems.append(f"{file}: fails the timed call: {_words(error)}")
    return problems


def _words(error: Exception) -> str:
    if isinstance(error, Failure):
        return f"{error.message}{'; ' if error.detail else ''}{error.detail}"
    if isinstance(error, Raised):
        return str(error)
    return f"{type(error).__name__}: {error}"


def print_table(results: Sequence[Result]) -> None:
    """One line an exercise, then its problems."""
    print(COLUMNS.format("exercise", "cases", "points", "solutions", "answers", "mistakes", ""))
    for result in results:
        state = "FAILS" if result.problems else f"skipped: {result.skipped}" if result.skipped else "ok"
        row = (result.slug, result.cases, result.points, result.solutions, result.answers)
        print(COLUMNS.format(*row, result.mistakes, state))
        for problem in dict.fromkeys(result.problems):
            print(f"    {problem}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the exercises that are named, or all; exit status 1 if any fails, 2 for an unknown one."""
    parser = argparse.ArgumentParser(prog="python -m exercises.validate", description="Prove exercises.")
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="exercises to check; all if none is named")
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds to try (default 3)")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        parser.error("--seeds must be at least 1")
    known = catalogue.slugs()
    unknown = [slug for slug in options.slugs if slug not in known]
    if unknown:
        parser.error(f"no exercise is called {unknown[0]!r}; there are {', '.join(known)}")
    results = [check(slug, options.seeds) for slug in options.slugs or known]
    print_table(results)
    return 1 if any(result.problems for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
