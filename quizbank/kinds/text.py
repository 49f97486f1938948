"""Short texts, and open answers that learners grade themselves."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from quizbank.fields import Fields, bad_character
from quizbank.kinds.base import (
    MAX_ANSWER,
    Explanation,
    Kind,
    Result,
    Spec,
    TextOf,
    ValueOf,
    as_integer,
    form_text,
    positions,
    short_answer,
)
from quizbank.kinds.patterns import PatternError, compiled
from quizbank.problems import FormatProblem

LEVELS = ("junior", "mid", "senior")
SOLVED = 0.7  # the share of a rubric from which an open answer counts as right


def normal(text: str) -> str:
    """A text without case, punctuation, leading article and extra blanks."""
    words = re.sub(r"[^\w%+#]+|_", " ", text.casefold()).split()
    return " ".join(words[1:] if words and words[0] in ("the", "a", "an") and len(words) > 1 else words)


class ShortText(Kind):
    name = "short-text"
    instruction = "Type a few words. Case, punctuation and articles do not matter."

    def read(self, fields: Fields) -> Spec:
        answer = fields.nested("answer")
        accept = answer.texts("accept", 200, 1, 50)
        for i, text in enumerate(accept, 1):
            if text and not normal(text):
                answer.problem(f"accept[{i}]", "a text with letters or digits is expected")
        spec: Spec = {"accept": accept}
        patterns = answer.texts("accept_pattern", 200, 0, 20, default=[])
        for i, pattern in enumerate(patterns, 1):
            try:
                compiled(pattern)
            except PatternError as error:
                answer.problem(f"accept_pattern[{i}]", str(error))
        answer.close()
        return {"answer": {**spec, "accept_pattern": patterns}}

    def write(self, spec: Spec) -> Spec:
        return {"answer": {name: values for name, values in spec["answer"].items() if values}}

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        accept = [text(f"answer.accept[{i}]", form) for i, form in enumerate(spec["answer"]["accept"], 1)]
        return {"answer": {**spec["answer"], "accept": accept}}

    def present(self, spec: Spec, seed: int) -> Spec:
        return {}

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return form_text(form, "answer")

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            raw = str(raw)
        text = short_answer(raw, "“weight sharing”")
        if bad_character(text) or not normal(text):
            raise FormatProblem("An answer in letters or digits is expected.")
        return text

    def grade(self, spec: Spec, answer: Any) -> Result:
        given = normal(answer)
        exact = given in {normal(form) for form in spec["answer"]["accept"]}
        patterns = [compiled(pattern) for pattern in spec["answer"]["accept_pattern"]]
        matched = any(p.fullmatch(given) or p.fullmatch(" ".join(answer.split())) for p in patterns)
        return Result.all_or_nothing(exact or matched)

    def right(self, spec: Spec, seed: int) -> Any:
        return spec["answer"]["accept"][0]

    def describe(self, spec: Spec) -> str:
        first, *others = spec["answer"]["accept"]
        return first + (f" (also: {', '.join(others[:5])})" if others else "")

    def shown(self, spec: Spec, answer: Any) -> str:
        return as_plain(answer)


def as_plain(text: str) -> str:
    """A learner's text as Markdown that shows it literally."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|<>$~&:=])", r"\\\1", text)


def _point(fields: Fields) -> Spec:
    point = {"point": fields.text("point", 600), "weight": fields.number("weight", 1, 10, default=1)}
    fields.close()
    return point


class Open(Kind):
    """Answered freely, then graded by the learner against the points of a rubric."""

    name = "open"
    instruction = "Answer aloud or in writing as in an interview, then compare with the model answer."

    def read(self, fields: Fields) -> Spec:
        rubric = fields.many("rubric", _point, 2, 12)
        follow_ups = fields.nested("follow_ups", default={})
        questions = {level: follow_ups.texts(level, 600, 0, 8, default=[]) for level in LEVELS}
        follow_ups.close()
        return {"rubric": rubric, "follow_ups": questions}

    def write(self, spec: Spec) -> Spec:
        follow_ups = {level: spec["follow_ups"][level] for level in LEVELS if spec["follow_ups"].get(level)}
        return {"rubric": spec["rubric"], **({"follow_ups": follow_ups} if follow_ups else {})}

    def resolve(self, spec: Spec, text: TextOf, value: ValueOf) -> Spec:
        rubric = [
            {**p, "point": text(f"rubric[{i}].point", p["point"])} for i, p in enumerate(spec["rubric"], 1)
        ]
        follow_ups = {
            level: [text(f"follow_ups.{level}[{i}]", q) for i, q in enumerate(questions, 1)]
            for level, questions in spec["follow_ups"].items()
        }
        return {"rubric": rubric, "follow_ups": follow_ups}

    def present(self, spec: Spec, seed: int) -> Spec:
        return {"max_length": MAX_ANSWER}

    def from_form(self, form: Mapping[str, Sequence[str]]) -> Any:
        return {
            "text": form_text(form, "answer"),
            "points": [as_integer(value) for value in form.get("points", [])],
        }

    def parse(self, raw: Any, spec: Spec, seed: int) -> Any:
        if not isinstance(raw, dict):
            raise FormatProblem(
                'An object is expected: {"text": your answer, "points": numbers of the points covered}.'
            )
        count = len(spec["rubric"])
        covered = positions(raw.get("points", []), count, "the points that your answer covers")
        return {"text": self.text(raw), "points": sorted({n - 1 for n in covered})}

    @staticmethod
    def text(raw: dict[str, Any]) -> str:
        text = raw.get("text") or ""
        if not isinstance(text, str) or len(text) > MAX_ANSWER:
            raise FormatProblem(f"A text of at most {MAX_ANSWER:,} characters is expected.")
        if bad_character(text):
            raise FormatProblem("Your text holds a control character: remove it.")
        return text.strip()

    def grade(self, spec: Spec, answer: Any) -> Result:
        weights = [point["weight"] for point in spec["rubric"]]
        score = sum(w for i, w in enumerate(weights) if i in answer["points"]) / sum(weights)
        missed = [p["point"] for i, p in enumerate(spec["rubric"]) if i not in answer["points"]]
        return Result(score >= SOLVED, score, [Explanation(point, False, "Not covered.") for point in missed])

    def right(self, spec: Spec, seed: int) -> Any:
        return {"text": "", "points": list(range(1, len(spec["rubric"]) + 1))}

    def describe(self, spec: Spec) -> str:
        return "\n".join(f"- {point['point']}" for point in spec["rubric"])

    def shown(self, spec: Spec, answer: Any) -> str:
        return as_plain(answer.get("text", ""))

    def review(self, spec: Spec, seed: int, answer: Any) -> Spec:
        points = [
            {**p, "number": i + 1, "covered": i in answer.get("points", [])}
            for i, p in enumerate(spec["rubric"])
        ]
        return {
            "rubric": points,
            "follow_ups": [(level, spec["follow_ups"].get(level, [])) for level in LEVELS],
        }
