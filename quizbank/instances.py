"""A question with its numbers put in: what one learner sees, answers and is judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from quizbank import variants
from quizbank.expressions import Budget, ExpressionError, Value, evaluate, expand
from quizbank.kinds import KINDS, Kind, Result
from quizbank.kinds.values import is_expression
from quizbank.problems import FormatProblem, InstanceError, Problem

TRIAL_SEEDS = range(12)


class QuestionLike(Protocol):
    """What an instance needs: a row of the database or the content of a file."""

    @property
    def kind(self) -> str: ...
    @property
    def prompt(self) -> str: ...
    @property
    def hints(self) -> list[str]: ...
    @property
    def worked_answer(self) -> str: ...
    @property
    def pitfalls(self) -> str: ...
    @property
    def spec(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Instance:
    """One question with one seed. Texts are Markdown with all expressions worked out."""

    question: QuestionLike
    seed: int
    names: Mapping[str, Value]
    spec: dict[str, Any]

    @property
    def kind(self) -> Kind:
        return KINDS[self.question.kind]

    @cached_property
    def prompt(self) -> str:
        return self._text("prompt", self.question.prompt)

    @cached_property
    def hints(self) -> list[str]:
        return [self._text(f"hints[{i}]", hint) for i, hint in enumerate(self.question.hints, 1)]

    @cached_property
    def worked_answer(self) -> str:
        return self._text("worked_answer", self.question.worked_answer)

    @cached_property
    def pitfalls(self) -> str:
        return self._text("pitfalls", self.question.pitfalls)

    @cached_property
    def presented(self) -> dict[str, Any]:
        """What the page needs to ask; holds nothing that gives the answer away."""
        return self.kind.present(self.spec, self.seed)

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return self.kind.from_form(form)

    def parse(self, raw: Any) -> Any:
        """The understood answer; raises FormatProblem."""
        return self.kind.parse(raw, self.spec, self.seed)

    def grade(self, answer: Any) -> Result:
        return self.kind.grade(self.spec, answer)

    @property
    def right_answer(self) -> str:
        return self.kind.describe(self.spec)

    def shown(self, answer: Any) -> str:
        return self.kind.shown(self.spec, answer)

    def review(self, answer: Any) -> dict[str, Any]:
        return self.kind.review(self.spec, self.seed, answer)

    def _text(self, field: str, text: str) -> str:
        return _expanded(field, text, self.names, Budget())


def build(question: QuestionLike, seed: int) -> Instance:
    """The instance of a seed; raises InstanceError where the template gives none."""
    budget = Budget()
    variant = question.spec.get("variant")
    problem: InstanceError | None = None
    try:
        for names in variants.scopes(variant, seed, budget):
            try:
                return Instance(question, seed, names, _resolved(question, names, budget))
            except InstanceError as error:
                problem = error
    except InstanceError as error:
        raise problem or error from None
    raise problem or InstanceError("variant", "gives no instance")


def example(question: QuestionLike) -> Instance:
    """The instance for lists and previews: the example's draws, else the one of seed 0."""
    budget = Budget()
    names = variants.example(question.spec.get("variant"), budget)
    if names is None:
        return build(question, 0)
    return Instance(question, 0, names, _resolved(question, names, budget))


def of_names(question: QuestionLike, seed: int, names: Mapping[str, Value]) -> Instance:
    """The instance of these names, without drawing again; raises InstanceError."""
    return Instance(question, seed, names, _resolved(question, names, Budget()))


def problems(question: QuestionLike, seeds: Sequence[int] = TRIAL_SEEDS) -> list[Problem]:
    """Try a question out: every text and value must work out, and the right answer must be found right."""
    try:
        trials = [example(question)]
        if "variant" in question.spec:
            trials += [build(question, seed) for seed in seeds]
        for instance in trials:
            check(instance)
    except InstanceError as error:
        return [Problem(error.field, error.expected)]
    return []


def check(instance: Instance) -> None:
    """Work every text out and judge the right answer; raises InstanceError where either fails."""
    for text in (instance.prompt, *instance.hints, instance.worked_answer, instance.pitfalls):
        assert isinstance(text, str)  # reading the property works the text out
    try:
        result = instance.grade(instance.parse(instance.kind.right(instance.spec, instance.seed)))
    except FormatProblem as problem:
        raise InstanceError(
            "answer", f"the right answer is not understood by its own checker: {problem}"
        ) from None
    if not result.correct:
        raise InstanceError("answer", "the right answer is judged wrong by its own checker")


def _resolved(question: QuestionLike, names: Mapping[str, Value], budget: Budget) -> dict[str, Any]:
    def text(field: str, source: str) -> str:
        return _expanded(field, source, names, budget)

    def value(field: str, source: Any) -> Any:
        if not is_expression(source):
            return source
        try:
            return evaluate(source[1:], names, budget)
        except ExpressionError as error:
            raise InstanceError(field, str(error)) from None

    return KINDS[question.kind].resolve(question.spec, text, value)


def _expanded(field: str, text: str, names: Mapping[str, Value], budget: Budget) -> str:
    try:
        return expand(text, names, budget)
    except ExpressionError as error:
        raise InstanceError(field, str(error)) from None
