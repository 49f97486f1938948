"""The form fields of each kind, and how they become the fields of a question file and back.

A `SpecForm` knows nothing about right and wrong: it hands the mapping that a question file would hold to
`quizbank.kinds`, and places what that finds wrong at the form field it is about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from quizbank.admin.lines import CommaField, LinesField, as_number, joined
from quizbank.admin.rows import Column, RowsField
from quizbank.models import Question

Data = dict[str, Any]
LEVELS = Question.Level.values


@dataclass(frozen=True)
class SpecForm:
    """One kind's fields: how to make them, fill them from a spec, and read them into a file's fields."""

    fields: Callable[[], dict[str, forms.Field]]
    initial: Callable[[Data], Data]
    data: Callable[[Data], Data]
    places: Mapping[str, str]  # start of a problem's path -> form field
    legend: str

    def place(self, path: str) -> tuple[str, str] | None:
        """Start of a problem's path (such as "answer.shape[2]") and the form field that it belongs to."""
        starts = [
            start for start in self.places if path == start or path.startswith((f"{start}.", f"{start}["))
        ]
        start = max(starts, key=len, default="")
        return (start, self.places[start]) if start else None


def _text(label: str, help_text: str = "", required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=500,
        widget=UnfoldAdminTextInputWidget(),
    )


def _area(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}),
    )


def _without_blanks(data: Data) -> Data:
    return {name: value for name, value in data.items() if value not in ("", [], {}, None)}


MARKDOWN = "Markdown, maths between dollar signs, {= expressions }."


def _options(help_text: str) -> SpecForm:
    columns = (
        Column("text", "Option"),
        Column("correct", "Right", kind="check", initial=False),
        Column("why", "Why it is right or wrong, for those who choose it"),
    )
    return SpecForm(
        fields=lambda: {
            "options": RowsField(columns, 9, label="Options", help_text=f"{help_text} {MARKDOWN}")
        },
        initial=lambda spec: {"options": spec.get("options", [])},
        data=lambda form: {"options": [dict(row) for row in form["options"]]},
        places={"options": "options"},
        legend="Options",
    )


def _true_false_data(form: Data) -> Data:
    answer = {"value": form["value"] == "true"} if form["value"] else {}
    return {"answer": answer, **_without_blanks({"why": form["why"]})}


TRUE_FALSE = SpecForm(
    fields=lambda: {
        "value": forms.ChoiceField(
            label="The statement is",
            choices=[("true", "True"), ("false", "False")],
            required=False,
            widget=UnfoldAdminRadioSelectWidget(),
        ),
        "why": _area("Explanation for those who chose the other", MARKDOWN),
    },
    initial=lambda spec: {
        "value": {True: "true", False: "false"}.get(spec.get("answer", {}).get("value"), ""),
        "why": spec.get("why", ""),
    },
    data=_true_false_data,
    places={"answer": "value", "answer.value": "value", "why": "why"},
    legend="Answer",
)

EXPRESSION = "or an expression that starts with =, such as =conv_output_size(n, k)"


def _numeric_data(form: Data) -> Data:
    texts = {name: as_number(form[name]) for name in ("value", "tolerance") if form[name]}
    return {"answer": {**texts, **_without_blanks({"unit": form["unit"]})}}


NUMERIC = SpecForm(
    fields=lambda: {
        "value": _text("Right answer", f"A number {EXPRESSION}."),
        "tolerance": _text("Tolerance", "Absolute such as 0.01, or relative such as 1%. Empty means exact."),
        "unit": _text("Unit", "Shown behind the input; may be empty."),
    },
    initial=lambda spec: {
        name: "" if name == "tolerance" and value == 0 else value
        for name, value in spec.get("answer", {}).items()
    },
    data=_numeric_data,
    places={
        "answer": "value",
        "answer.value": "value",
        "answer.tolerance": "tolerance",
        "answer.unit": "unit",
    },
    legend="Answer",
)

SHAPE = SpecForm(
    fields=lambda: {
        "shape": CommaField(
            label="Right shape", help_text=f"Sizes separated by commas: 1, 32, 16, 16. Each {EXPRESSION}."
        )
    },
    initial=lambda spec: {"shape": joined(spec.get("answer", {}).get("shape", []))},
    data=lambda form: {"answer": {"shape": [as_number(size) for size in form["shape"]]}},
    places={"answer": "shape", "answer.shape": "shape"},
    legend="Answer",
)

SHORT_TEXT = SpecForm(
    fields=lambda: {
        "accept": LinesField(
            label="Accepted answers",
            help_text="One a line, the best first. Compared without case, punctuation and extra blanks.",
        ),
        "accept_pattern": LinesField(
            label="Accepted patterns",
            help_text="Regular expressions, one a line, matched against the whole answer. Usually empty.",
            rows=2,
        ),
    },
    initial=lambda spec: dict(spec.get("answer", {})),
    data=lambda form: {
        "answer": {"accept": form["accept"], **_without_blanks({"accept_pattern": form["accept_pattern"]})}
    },
    places={"answer": "accept", "answer.accept": "accept", "answer.accept_pattern": "accept_pattern"},
    legend="Answer",
)

ORDERING = SpecForm(
    fields=lambda: {
        "items": LinesField(
            label="Items in the right order",
            help_text=f"One a line, 3 to 9, the first at the top. Learners see them shuffled. {MARKDOWN}",
            rows=7,
        )
    },
    initial=lambda spec: {"items": spec.get("items", [])},
    data=lambda form: {"items": form["items"]},
    places={"items": "items"},
    legend="Items",
)

MATCHING = SpecForm(
    fields=lambda: {
        "pairs": RowsField(
            (Column("left", "Left side"), Column("right", "Matching right side")),
            9,
            label="Pairs",
            help_text=f"3 to 9 pairs. {MARKDOWN}",
        ),
        "distractors": LinesField(
            label="Extra right sides", help_text="One a line; right sides that match nothing.", rows=3
        ),
    },
    initial=lambda spec: {name: spec.get(name, []) for name in ("pairs", "distractors")},
    data=lambda form: {
        "pairs": [dict(row) for row in form["pairs"]],
        **_without_blanks({"distractors": form["distractors"]}),
    },
    places={"pairs": "pairs", "distractors": "distractors"},
    legend="Pairs",
)


def _open_fields() -> dict[str, forms.Field]:
    columns = (
        Column("point", "A complete answer ..."),
        Column("weight", "Weight", kind="number", initial=1),
    )
    levels = {
        f"follow_ups_{level}": LinesField(
            label=f"Follow-ups, {level}", help_text="One question a line.", rows=3
        )
        for level in LEVELS
    }
    return {
        "rubric": RowsField(columns, 12, label="Rubric", help_text=f"2 to 12 key points. {MARKDOWN}"),
        **levels,
    }


def _open_initial(spec: Data) -> Data:
    follow_ups = spec.get("follow_ups", {})
    return {
        "rubric": spec.get("rubric", []),
        **{f"follow_ups_{level}": follow_ups.get(level, []) for level in LEVELS},
    }


def _open_data(form: Data) -> Data:
    rubric = [{"point": row["point"], "weight": as_number(row["weight"] or "1")} for row in form["rubric"]]
    follow_ups = _without_blanks({level: form[f"follow_ups_{level}"] for level in LEVELS})
    return {"rubric": rubric, **_without_blanks({"follow_ups": follow_ups})}


OPEN = SpecForm(
    fields=_open_fields,
    initial=_open_initial,
    data=_open_data,
    places={"rubric": "rubric", **{f"follow_ups.{level}": f"follow_ups_{level}" for level in LEVELS}},
    legend="Rubric and follow-ups",
)

SPEC_FORMS: dict[str, SpecForm] = {
    "single-choice": _options("2 to 9 options, exactly one is right."),
    "multiple-choice": _options("2 to 9 options, at least one right and one wrong."),
    "true-false": TRUE_FALSE,
    "numeric": NUMERIC,
    "shape": SHAPE,
    "short-text": SHORT_TEXT,
    "ordering": ORDERING,
    "matching": MATCHING,
    "open": OPEN,
}
