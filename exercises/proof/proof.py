"""The whole proof of one exercise."""

import importlib.util
import time
from collections.abc import Callable
from math import inf
from pathlib import Path

from exercises import catalogue
from exercises.catalogue import Exercise, ExerciseError
from exercises.proof import answers, layout, survivors, trial
from exercises.proof.mistakes import mistake_problems
from exercises.proof.mutants import MOST, Mutant, mutants, names
from exercises.proof.result import Result
from exercises.proof.seeds import FIRST, Seeds

ANSWER_SECONDS = 20.0  # of CPU time, after which a right answer gets no more seeds; a mistake: a quarter
LEAST = 3  # seeds for right answers, however slow
MUTATION_SEEDS = range(FIRST, FIRST + 3)
SLOW = 20.0  # seconds that the cases of an exercise may take, above which fewer mutants are tried
MOST_IF_SLOW = 10


def prove(
    slug: str,
    seeds: int = 3,
    root: Path = catalogue.CATALOGUE,
    *,
    mutate: bool = True,
    workers: int = 1,
    thorough: bool = False,
) -> Result:
    """Prove an exercise over several seeds; with `mutate`, mutants of the model answers too, on as many
    processes as there are `workers`. Slow answers get fewer seeds, unless the proof is to be `thorough`.
    """
    result = Result(slug)
    try:
        result.problems += layout.unfilled(root / slug)
        if not result.problems:
            exercise = catalogue.load(slug, root)
            patience = inf if thorough else ANSWER_SECONDS
            rights, mistakes = Seeds(seeds, patience, LEAST), Seeds(seeds, patience / 4)
            _prove(exercise, result, rights, mistakes, workers if mutate else 0)
    except ExerciseError as error:
        result.problems.append(str(error))
    return result


def _prove(exercise: Exercise, result: Result, rights: Seeds, mistakes: Seeds, workers: int) -> None:
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
    _timed(result, "answers", lambda: answers.right_problems(exercise, rights))
    if len(result.problems) > before:
        return  # cases that a right answer fails show nothing of wrong ones
    _timed(result, "mistakes", lambda: mistake_problems(exercise, mistakes))
    result.seeds = min(rights.fewest, mistakes.fewest)
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
        seeds = MUTATION_SEEDS[:1] if slow else MUTATION_SEEDS
        outcomes |= trial.trials(exercise, solution.source, chosen, seeds, workers)
    every = {solution.file: names(solution.source) for solution in exercise.solutions}
    tally = survivors.tally(entries, outcomes, every)
    result.mutated = True
    result.mutants, result.killed, result.explained = tally.total, tally.killed, tally.explained
    result.unlisted = tally.unlisted
    return tally.problems
