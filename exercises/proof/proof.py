"""The whole proof of one exercise."""

import importlib.util
import time
from collections.abc import Callable
from pathlib import Path

from exercises import catalogue
from exercises.catalogue import Exercise, ExerciseError
from exercises.proof import answers, layout, survivors, trial
from exercises.proof.mistakes import mistake_problems
from exercises.proof.mutants import MOST, Mutant, mutants, names
from exercises.proof.result import Result
from exercises.proof.seeds import FIRST, Seeds

MUTATION_SEEDS = range(FIRST, FIRST + 3)
SLOW = 20.0  # seconds that the cases of an exercise may take, above which fewer mutants are tried
MOST_IF_SLOW = 60


def prove(
    slug: str,
    seeds: int = 3,
    root: Path = catalogue.CATALOGUE,
    *,
    mutate: bool = True,
    workers: int = 1,
) -> Result:
    """Prove an exercise over several seeds; with `mutate`, mutants of the model answers too, on as many
    processes as there are `workers`.
    """
    result = Result(slug)
    try:
        result.problems += layout.unfilled(root / slug)
        if not result.problems:
            _prove(catalogue.load(slug, root), result, seeds, workers if mutate else 0)
    except ExerciseError as error:
        result.problems.append(str(error))
    return result


def _prove(exercise: Exercise, result: Result, seeds: int, workers: int) -> None:
    if exercise.profile != "numpy" and importlib.util.find_spec("torch") is None:
        result.skipped = "needs PyTorch, which is not installed"
        return
    result.cases, result.points = len(exercise.cases), exercise.points
    result.solutions, result.answers = len(exercise.solutions), len(exercise.answers)
    result.mistakes = len(exercise.mistakes)
    result.problems += layout.problems(exercise)
    _timed(result, "starter", lambda: answers.starter_problems(exercise))
    _timed(result, "speed", lambda: answers.speed_problems(exercise))
    before = len(result.problems)
    tried = Seeds(seeds)
    _timed(result, "answers", lambda: answers.right_problems(exercise, tried))
    if len(result.problems) > before:
        return  # cases that a right answer fails show nothing of wrong ones
    _timed(result, "mistakes", lambda: mistake_problems(exercise, tried))
    result.seeds = tried.fewest
    if workers:
        _timed(result, "mutants", lambda: _mutant_problems(exercise, result, workers))


def _timed(result: Result, part: str, run: Callable[[], list[str]]) -> None:
    begun = time.perf_counter()
    result.problems += run()
    result.seconds[part] = time.perf_counter() - begun


def _mutant_problems(exercise: Exercise, result: Result, workers: int) -> list[str]:
    entries = survivors.read(exercise.folder)
    outcomes: dict[Mutant, str] = {}
    slow = exercise.limits.seconds > SLOW  # not what this machine takes: survivors.toml depends on the choice
    for solution in exercise.solutions:
        chosen = mutants(solution.file, solution.source, MOST_IF_SLOW if slow else MOST)
        outcomes |= trial.trials(exercise, solution.source, chosen, MUTATION_SEEDS, workers)
    every = {solution.file: names(solution.source) for solution in exercise.solutions}
    tally = survivors.tally(entries, outcomes, every)
    result.mutated = True
    result.mutants, result.killed, result.explained = tally.total, tally.killed, tally.explained
    result.unlisted = tally.unlisted
    return tally.problems
