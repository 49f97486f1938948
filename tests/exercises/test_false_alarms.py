"""Statistical cases of the catalogue: how often they fail a right answer, and what wrong ones they catch."""

from collections.abc import Callable
from typing import Any

import pytest

from exercises import catalogue, expect, tails
from exercises.failure import Failure
from exercises.local import LocalCandidate

SEEDS = range(1000, 1040)
DROPOUT = "inverted-dropout"


def has_torch() -> bool:
    try:
        import torch  # noqa: F401
    except ImportError:
        return False
    return True


def recorded(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The false-alarm probabilities of all statistical expectations that are met from now on."""
    alarms: list[float] = []

    def recording(name: str) -> Callable[..., None]:
        real = getattr(expect, name)

        def call(*args: Any, false_alarm: float = 1e-9, **kwargs: Any) -> None:
            alarms.append(false_alarm)
            real(*args, false_alarm=false_alarm, **kwargs)

        return call

    for name in ("binomial", "mean"):
        monkeypatch.setattr(expect, name, recording(name))
    return alarms


@pytest.mark.parametrize("slug", catalogue.slugs())
def test_false_alarms_of_a_submission_add_up_to_less_than_one_in_a_million(monkeypatch, slug):
    exercise = catalogue.load(slug)
    if exercise.profile != "numpy" and not has_torch():
        pytest.skip("torch is missing")
    alarms = recorded(monkeypatch)
    source = exercise.solutions[0].source
    candidate = exercise.local(source)
    for case in exercise.cases_for(source):
        if case.device == "cpu" and not case.bonus:  # the same on a GPU; a bonus costs nothing
            case.run(candidate, 4)
    assert sum(alarms) <= tails.MOST_FALSE_ALARMS
    if slug == DROPOUT:
        assert len(alarms) == 10
        assert sum(alarms) < 2e-9


PROBABILITY = "each element is dropped with probability p"
STATISTICAL = {
    PROBABILITY,
    "the number of dropped elements varies",
    "the mean is preserved",
    "rows, columns and channels are dropped independently",
    "each call draws a new mask",
    "the generator that is passed in decides the mask",
}


def statistical_cases() -> list[Any]:
    cases = [case for case in catalogue.load(DROPOUT).cases if case.name in STATISTICAL]
    assert len(cases) == len(STATISTICAL)
    return cases


def failures(source: str, seeds: range) -> dict[int, set[str]]:
    """The statistical cases that a source fails, for each seed."""
    found: dict[int, set[str]] = {}
    for seed in seeds:
        found[seed] = set()
        for case in statistical_cases():
            try:
                case.run(LocalCandidate(source), seed)
            except Failure:
                found[seed].add(case.name)
    return found


def test_the_model_answer_passes_whatever_the_seed():
    model = catalogue.load(DROPOUT).solutions[0].source
    assert failures(model, SEEDS) == {seed: set() for seed in SEEDS}


WRONG = """
import numpy as np
def dropout(x, p, training, rng):
    mask = rng.random(x.shape) >= {probability}
    return np.where(mask, x / (1 - p), 0), mask
"""


@pytest.mark.parametrize("probability", ["0.95 * p", "1.05 * p", "p + 0.01", "0.99 * p + 0.01 * (1 - p)"])
def test_a_slightly_wrong_probability_is_caught_whatever_the_seed(probability):
    """Each has a power above 1 - 1e-9 in at least one of the cases."""
    found = failures(WRONG.format(probability=probability), SEEDS[:8])
    assert all(PROBABILITY in names for names in found.values())


def test_a_case_with_a_larger_alarm_fails_right_answers_about_that_often(monkeypatch):
    """The machinery end to end: at a false alarm of one in twenty, right answers do fail, and no oftener."""
    real = expect.binomial
    monkeypatch.setattr(
        expect, "binomial", lambda *args, **kwargs: real(*args, **kwargs | {"false_alarm": 0.05})
    )
    model = catalogue.load(DROPOUT).solutions[0].source
    (case,) = [case for case in statistical_cases() if case.name == PROBABILITY]
    failed = 0
    for seed in range(200):
        try:
            case.run(LocalCandidate(model), seed)
        except Failure:
            failed += 1
    most = 1 - (1 - 0.05) ** 3  # three tests in the case
    assert tails.upper_tail(failed, 200, most) > 1e-6
    assert failed > 0
