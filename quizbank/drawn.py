"""Variant questions over thousands of seeds: is every instance that a learner may get a good one?

Drawing numbers is quick, working out the texts of an instance is not. So an instance is tried out once for
each combination of drawn numbers, however many seeds lead to it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quizbank import instances, variants
from quizbank.content import Content
from quizbank.expressions import Budget, Value
from quizbank.instances import Instance
from quizbank.problems import InstanceError, Problem

MOST_VALUE = 10**10  # a larger number is copied, not worked out
MOST_DIGITS = 10  # of a number that is typed as an answer
MOST_SIZE = 10**6  # along one axis of a shape
GUESSED = 0.4  # share of instances that may have the answer of the one before
FEWEST_ANSWERS = 3
ENOUGH = 100  # seeds from which shares say something
Drawn = tuple[Value, ...]


@dataclass
class Survey:
    """What the instances of one template are like."""

    seeds: int = 0
    distinct: int = 0
    repeats: int = 0
    answers: Counter[str] = field(default_factory=Counter)


def problems(content: Content, seeds: Sequence[int]) -> list[Problem]:
    """What is wrong with any instance of these seeds, and with all of them together."""
    try:
        survey = surveyed(content, seeds)
    except (InstanceError, BadInstance) as error:
        return [Problem(error.field, error.expected)]
    return list(_habits(survey))


def surveyed(content: Content, seeds: Sequence[int]) -> Survey:
    """Try out what all seeds give; raises BadInstance for the first bad one, InstanceError where is none."""
    survey, known = Survey(), dict[Drawn, str | None]()
    last = None
    for seed in seeds:
        answer = _answer(content, seed, known)
        survey.seeds += 1
        survey.repeats += answer == last
        survey.answers[answer] += 1
        last = answer
    survey.distinct = sum(answer is not None for answer in known.values())
    return survey


def _answer(content: Content, seed: int, known: dict[Drawn, str | None]) -> str:
    """The right answer of a seed's instance, which is tried out where its numbers are new."""
    problem = InstanceError("variant.where", f"no draw of {variants.MAX_REDRAWS} fulfils it")
    for names in variants.draws(content.spec["variant"], seed):
        drawn = tuple(names.values())
        if drawn not in known:
            try:
                known[drawn] = _tried(content, seed, names)
            except InstanceError as error:  # these numbers are drawn again
                known[drawn], problem = None, error
        if (answer := known[drawn]) is not None:
            return answer
    raise problem


def _tried(content: Content, seed: int, names: dict[str, Value]) -> str | None:
    """The answer of the instance of these numbers, None where they are to be drawn again."""
    if not variants.complete(content.spec["variant"], names, Budget()):
        return None
    instance = instances.of_names(content, seed, names)
    try:
        instances.check(instance)
        for expected in _inhumane(instance):
            raise InstanceError("answer", expected)
    except InstanceError as error:
        shown = ", ".join(f"{name} = {value}" for name, value in names.items())
        raise BadInstance(error.field, f"{error.expected} (seed {seed}: {shown})") from None
    return instance.right_answer


class BadInstance(Exception):
    """An instance that learners get and that is not a good one; unlike an InstanceError it is not redrawn."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: {expected}")
        self.field, self.expected = field, expected


def _inhumane(instance: Instance) -> Iterator[str]:
    """Answers that nobody would like to type."""
    answer: Mapping[str, Any] = instance.spec.get("answer", {})
    if instance.question.kind == "numeric":
        value = float(answer["value"])
        digits = f"{abs(value):.15g}".replace(".", "").strip("0")
        if abs(value) > MOST_VALUE:
            yield f"the answer {value:g} is larger than {MOST_VALUE:,}"
        elif not answer.get("tolerance") and len(digits.split("e")[0]) > MOST_DIGITS:
            yield f"the answer {value:.15g} has more than {MOST_DIGITS} digits: give a tolerance"
    if instance.question.kind == "shape" and not all(1 <= size <= MOST_SIZE for size in answer["shape"]):
        yield f"the sizes {answer['shape']} are not between 1 and {MOST_SIZE:,}"


def _habits(survey: Survey) -> Iterator[Problem]:
    """Whether somebody who saw one instance could guess the next."""
    if survey.seeds < ENOUGH:
        return
    if len(survey.answers) < FEWEST_ANSWERS:
        count = len(survey.answers)
        text = f"{survey.seeds} seeds give {count} answers: at least {FEWEST_ANSWERS} are expected"
        yield Problem("variant.draw", text)
    elif survey.repeats > GUESSED * survey.seeds:
        share = survey.repeats / survey.seeds
        text = f"{share:.0%} of instances have the answer of the one before: at most {GUESSED:.0%} may"
        yield Problem("variant.draw", text)
