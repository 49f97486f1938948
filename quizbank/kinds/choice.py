"""Single choice, multiple choice, true or false."""

from collections.abc import Mapping, Sequence
from typing import Any

from quizbank.fields import Fields
from quizbank.kinds.base import (
    Explanation,
    Kind,
    Result,
    Spec,
    TextOf,
    ValueOf,
    as_integer,
    form_text,
    positions,
    shuffled,
)
from quizbank.problems import FormatProblem, InstanceError

MAX_OPTIONS = 9  # one key each


def _option(fields: Fields) -> Spec:
    correct = fields.flag("correct", default=False)
    option = {"text": fields.text("text", 600), "correct": correct}
    option["why"] = fields.text("why", 1500, default="") if correct else fields.text("why", 1500)
    fields.close()
    return option


class Choice(Kind):
    """Options that are shuffled for each attempt; the learner names them by their place, from 1."""

    may_vary = True

    def read(self, fields: Fields) -> Spec:
        options = fields.many("options", _option, 2, MAX_OPTIONS)
        texts = [" ".join(option["text"].split()) for option in options]
        for i, text in enumerate(texts):
            if text and text in texts[:i]:
                fields.problem(
                    f"options[{i + 1}].text", "is the same as an earlier option; the options must differ"
                )
        if options:
            self.check_correct(fields, sum(option["correct"] for option in options), len(options))
        return {"options": options}

    def check_correct(self, fields: Fields, correct: int, count: int) -> None:
        raise NotImplementedError

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        options = [
            {
                "text": text(f"options[{i}].text", option["text"]),
                "correct": option["correct"],
                "why": text(f"options[{i}].why", option["why"]),
            }
            for i, option in enumerate(spec["options"], 1)
        ]
        if len({" ".join(option["text"].split()) for option in options}) < len(options):
            raise InstanceError("options", "two options read the same once the numbers are put in")
        return {"options": options}

    def present(self, spec: Spec, seed: int) -> Spec:
        order = shuffled(len(spec["options"]), seed)
        return {
            "options": [{"number": n, "text": spec["options"][i]["text"]} for n, i in enumerate(order, 1)]
        }

    def describe(self, spec: Spec) -> str:
        right = [option["text"] for option in spec["options"] if option["correct"]]
        return right[0] if len(right) == 1 else "\n".join(f"- {text}" for text in right)

    def shown(self, spec: Spec, answer: Any) -> str:
        chosen = self._chosen(spec, answer)
        return (
            "\n".join(f"- {o['text']}" for o in chosen)
            if len(chosen) > 1
            else chosen[0]["text"]
            if chosen
            else ""
        )

    def review(self, spec: Spec, seed: int, answer: Any) -> Spec:
        options = [
            {**spec["options"][i], "number": n, "chosen": i in answer}
            for n, i in enumerate(shuffled(len(spec["options"]), seed), 1)
        ]
        return {"options": options}

    def visible_text(self, spec: Spec) -> str:
        return "\n".join(option["text"] for option in spec["options"])

    @staticmethod
    def _chosen(spec: Spec, answer: list[int]) -> list[Spec]:
        return [spec["options"][i] for i in answer if i < len(spec["options"])]

    def _explanations(self, spec: Spec, answer: list[int]) -> list[Explanation]:
        return [
            Explanation(o["text"], o["correct"], o["why"]) for o in self._chosen(spec, answer) if o["why"]
        ]


class SingleChoice(Choice):
    name = "single-choice"
    instruction = "Choose one option."

    def check_correct(self, fields: Fields, correct: int, count: int) -> None:
        if correct != 1:
            fields.problem(
                "options", f"exactly one option with “correct: true” is expected, this has {correct}"
            )

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return as_integer(form_text(form, "choice"))

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        if isinstance(raw, list) and len(raw) == 1:
            raw = raw[0]
        count = len(spec["options"])
        if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= count:
            raise FormatProblem(f"Choose one of the {count} options.")
        return [shuffled(count, seed)[raw - 1]]

    def grade(self, spec: Spec, answer: Any) -> Result:
        correct = [option["correct"] for option in self._chosen(spec, answer)] == [True]
        return Result.all_or_nothing(correct, self._explanations(spec, answer))

    def right(self, spec: Spec, seed: int) -> Any:
        order = shuffled(len(spec["options"]), seed)
        return next(n for n, i in enumerate(order, 1) if spec["options"][i]["correct"])


class MultipleChoice(Choice):
    """Right where exactly the right options are chosen; else each wrong choice takes a found one away."""

    name = "multiple-choice"
    instruction = "Choose all options that apply."

    def check_correct(self, fields: Fields, correct: int, count: int) -> None:
        if not 1 <= correct < count:
            fields.problem(
                "options",
                f"at least one right and one wrong option are expected, {correct} of {count} are right",
            )

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return [as_integer(value) for value in form.get("choice", [])]

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        count = len(spec["options"])
        chosen = set(positions([raw] if isinstance(raw, int) else raw, count, "the options that apply"))
        if not chosen:
            raise FormatProblem("Choose at least one option.")
        order = shuffled(count, seed)
        return sorted(order[place - 1] for place in chosen)

    def grade(self, spec: Spec, answer: Any) -> Result:
        right = {i for i, option in enumerate(spec["options"]) if option["correct"]}
        found, wrong = len(right & set(answer)), len(set(answer) - right)
        explanations = self._explanations(spec, answer)
        missed = [spec["options"][i] for i in sorted(right - set(answer))]
        explanations += [
            Explanation(o["text"], False, f"Applies as well. {o['why']}".strip()) for o in missed
        ]
        return Result(set(answer) == right, max(0.0, (found - wrong) / len(right)), explanations)

    def right(self, spec: Spec, seed: int) -> Any:
        order = shuffled(len(spec["options"]), seed)
        return [n for n, i in enumerate(order, 1) if spec["options"][i]["correct"]]


class TrueFalse(Kind):
    name = "true-false"
    instruction = "True or false?"
    may_vary = True

    def read(self, fields: Fields) -> Spec:
        answer = fields.nested("answer")
        spec = {"answer": {"value": answer.flag("value")}, "why": fields.text("why", 1500)}
        answer.close()
        return spec

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        return {**spec, "why": text("why", spec["why"])}

    def present(self, spec: Spec, seed: int) -> Spec:
        return {"options": [{"number": 1, "text": "True"}, {"number": 2, "text": "False"}]}

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return {"1": True, "2": False}.get(form_text(form, "choice"))

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        if isinstance(raw, str):
            raw = {"true": True, "false": False}.get(raw.strip().lower())
        if not isinstance(raw, bool):
            raise FormatProblem("Choose true or false.")
        return raw

    def grade(self, spec: Spec, answer: Any) -> Result:
        right = answer is spec["answer"]["value"]
        explanations = [] if right else [Explanation(self.shown(spec, answer), False, spec["why"])]
        return Result.all_or_nothing(right, explanations)

    def right(self, spec: Spec, seed: int) -> Any:
        return spec["answer"]["value"]

    def describe(self, spec: Spec) -> str:
        return "True" if spec["answer"]["value"] else "False"

    def shown(self, spec: Spec, answer: Any) -> str:
        return "True" if answer else "False"

    def review(self, spec: Spec, seed: int, answer: Any) -> Spec:
        right = spec["answer"]["value"]
        options = [
            {"number": n, "text": text, "correct": right is value, "chosen": answer is value, "why": ""}
            for n, text, value in ((1, "True", True), (2, "False", False))
        ]
        return {"options": options}
