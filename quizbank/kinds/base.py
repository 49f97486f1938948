"""What every kind of question can do.

A *spec* is the JSON of `Question.spec`, as `read` makes it. An *instance spec* is the same after `resolve`
has put in a variant's numbers. `raw` is what a learner sends: the JSON of the API, or what `from_form`
makes of a form. An *answer* is the understood value that is stored with the attempt. Everything shown is
Markdown.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from quizbank.fields import Fields
from quizbank.problems import FormatProblem

Spec = dict[str, Any]
TextOf = Callable[[str, str], str]  # (field, text with {= }) -> text
ValueOf = Callable[[str, Any], Any]  # (field, value or "=expr") -> value

MAX_ANSWER = 2000  # characters of a typed answer


@dataclass(frozen=True)
class Explanation:
    """Why one thing that the learner chose is right or wrong."""

    about: str
    good: bool
    text: str


@dataclass(frozen=True)
class Result:
    """The judgement of one answer; `score` is 0 to 1 and 1 exactly where the answer is right."""

    correct: bool
    score: float
    explanations: Sequence[Explanation] = field(default=())

    @classmethod
    def all_or_nothing(cls, correct: bool, explanations: Sequence[Explanation] = ()) -> "Result":
        return cls(correct, 1.0 if correct else 0.0, explanations)


class Kind(ABC):
    """One kind of question."""

    name: ClassVar[str]
    may_vary: ClassVar[bool] = False
    instruction: ClassVar[str]  # how to answer, shown above the input

    @abstractmethod
    def read(self, fields: Fields) -> Spec:
        """Read and validate the front matter's fields of this kind into the spec that is stored."""

    def write(self, spec: Spec) -> Spec:
        """The fields as they stand in a file; the reverse of `read`."""
        return dict(spec)

    @abstractmethod
    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        """Put in a variant's numbers; raises InstanceError where the instance makes no sense."""

    @abstractmethod
    def present(self, spec: Spec, seed: int) -> Spec:
        """What the page needs to ask, and nothing that gives the answer away."""

    @abstractmethod
    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        """The raw answer in a form's fields; may raise FormatProblem."""

    @abstractmethod
    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        """The understood answer; raises FormatProblem, which says what is expected."""

    @abstractmethod
    def grade(self, spec: Spec, answer: Any) -> Result:
        """Judge an understood answer."""

    @abstractmethod
    def right(self, spec: Spec, seed: int) -> Any:
        """A raw answer that is right, as a learner would send it."""

    @abstractmethod
    def describe(self, spec: Spec) -> str:
        """The right answer."""

    @abstractmethod
    def shown(self, spec: Spec, answer: Any) -> str:
        """The learner's answer as it was understood."""

    def review(self, spec: Spec, seed: int, answer: Any) -> Spec:
        """Details for the page after answering, beyond `describe` and the explanations."""
        return {}

    def visible_text(self, spec: Spec) -> str:
        """The parts of the spec that the learner sees with the prompt."""
        return ""


def shuffled(count: int, seed: int, salt: str = "order") -> list[int]:
    """A permutation of range(count) that depends on the attempt's seed only."""
    order = list(range(count))
    random.Random(f"{seed}:{salt}").shuffle(order)  # noqa: S311 (a shuffle, no secret)
    return order


def form_text(form: Mapping[str, Sequence[str]], name: str) -> str:
    values = form.get(name) or [""]
    return values[-1] if isinstance(values, list | tuple) else str(values)


def short_answer(raw: Any, example: str) -> str:
    """A typed answer; FormatProblem where it is empty, too long or no text."""
    if not isinstance(raw, str):
        raise FormatProblem(f"A text is expected, for example {example}.")
    text = raw.strip()
    if not text:
        raise FormatProblem(f"Type an answer, for example {example}.")
    if len(text) > 200:
        raise FormatProblem(
            f"An answer has at most 200 characters, yours {len(text)}. Expected is for example {example}."
        )
    return text


def positions(raw: Any, count: int, what: str) -> list[int]:
    """Integers from 1 to count out of JSON."""
    if not isinstance(raw, list) or len(raw) > 100:
        raise FormatProblem(f"A list of numbers from 1 to {count} is expected: {what}.")
    for item in raw:
        if isinstance(item, bool) or not isinstance(item, int) or not 1 <= item <= count:
            raise FormatProblem(f"Numbers from 1 to {count} are expected: {what}.")
    return raw


def as_integer(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
