"""The form of one question: the fields that all kinds share, and those of its kind.

Django's own validation sees to the columns of the row. Everything else is asked of `quizbank.content`, with
the data that a question file would hold, and each problem is attached to the form field that it is about.
"""

import re
from typing import Any

from django import forms
from django.urls import reverse_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from quizbank import content, yaml_text
from quizbank.admin.lines import CommaField, LinesField, as_number
from quizbank.admin.spec_forms import SPEC_FORMS, SpecForm
from quizbank.kinds import KINDS
from quizbank.models import Question
from quizbank.problems import Problem
from quizbank.variants import write as write_variant

PREVIEW_URL = reverse_lazy("admin:quizbank_question_preview")
STAND_IN = "none"
HINTS = ("hint_1", "hint_2", "hint_3")
VARIANT_EXAMPLE = """draw:
  n: {from: 16, to: 64, step: 8}
  k: {choice: [3, 5, 7]}
let:
  out: "conv_output_size(n, k)"
where: "out >= 4"
example: {n: 32, k: 3}"""


class MarkdownArea(UnfoldAdminTextareaWidget):
    """A text area with a live preview (frontend/src/admin-preview.ts); without scripts a plain one."""

    class Media:
        js = [forms.Script("admin-preview.js", defer=True)]
        css = {"all": ["admin-preview.css"]}

    def __init__(self, rows: int) -> None:
        super().__init__({"rows": rows, "data-preview-url": PREVIEW_URL, "data-preview-with": "variant"})


def markdown_field(label: str, rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(**{"label": label, "required": False, "widget": MarkdownArea(rows), **kwargs})


class QuestionForm(forms.ModelForm):
    """What all kinds share. `kind` and `spec_form` are set on the subclass of a kind."""

    kind: str
    spec_form: SpecForm

    prompt = markdown_field(
        "Prompt", 8, help_text="One idea. Markdown, $maths$, code blocks, {= expressions }."
    )
    hint_1 = markdown_field("Hint 1", 3, help_text="A nudge.")
    hint_2 = markdown_field("Hint 2", 3, help_text="May be empty.")
    hint_3 = markdown_field("Hint 3", 3, help_text="May be empty; nearly the answer.")
    worked_answer = markdown_field(
        "Worked answer",
        12,
        help_text="Results as expressions: {= (32 - 3)//1 + 1 }. For open questions the model answer.",
    )
    pitfalls = markdown_field(
        "Pitfalls", 5, help_text="A list; each pitfall with the reason why it is wrong."
    )
    tags = CommaField(label="Tags", help_text="Lower case, separated by commas.")
    references = LinesField(label="References", help_text="One a line, by title.", rows=3)
    related = CommaField(
        label="Related questions", help_text="Slugs of questions of the same bank, separated by commas."
    )
    exercises = CommaField(label="Exercises", help_text="Slugs of exercises, separated by commas.")
    covers = CommaField(label="Covers", help_text="Names from your own list of what a bank should cover.")
    given = CommaField(
        label="Given numbers",
        help_text="Bare numbers of the worked answer that are facts and no results, such as 2012, 0.9.",
    )

    class Meta:
        model = Question
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stored = self.instance.spec or {}
        own = self.spec_form.initial(stored)
        hints = dict(zip(HINTS, self.instance.hints or [], strict=False))
        variant = {"variant": yaml_text.dump(write_variant(stored["variant"]))} if "variant" in stored else {}
        self.initial = {**own, **hints, **variant, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.kind = self.kind
        data = self._data(cleaned)
        if data is None:
            return cleaned
        already = set(self.errors)
        read, problems = content.read(data)
        for problem in problems:
            self._attach(problem, already)
        if not problems:
            self.instance.spec, self.instance.hints = read.spec, read.hints
            cleaned["given"] = read.given
        return cleaned

    def _data(self, cleaned: dict[str, Any]) -> dict[str, Any] | None:
        """What a file would hold; None where a field of the kind cannot be read at all.

        Slug and topic get stand-ins where they are missing, so that all other problems show at once.
        """
        shared = {name: cleaned.get(name) for name in content.NAMES if name in self.fields}
        topic = cleaned.get("topic")
        variant = self._variant(cleaned.get("variant", ""))
        own = [name for name in self.spec_form.fields() if name not in cleaned]
        if variant is None or own:
            return None
        hints = [cleaned[name] for name in HINTS if cleaned.get(name)]
        given = [as_number(number) for number in cleaned.get("given") or []]
        spec = self.spec_form.data(cleaned)
        data = {
            **shared,
            "kind": self.kind,
            "slug": cleaned.get("slug") or STAND_IN,
            "topic": topic.slug if topic else STAND_IN,
            "hints": hints or None,
            "given": given,
            **variant,
            **spec,
        }
        return {name: value for name, value in data.items() if value not in ("", None)}

    def _variant(self, text: str) -> dict[str, Any] | None:
        """{"variant": ...} or {} where there is none; None where the YAML is broken."""
        if not text.strip():
            return {}
        try:
            return {"variant": yaml_text.load(text)[0]}
        except yaml_text.YamlError as error:
            field = f"{error.field}: " if error.field else ""
            self.add_error("variant", f"Line {error.line}: {field}{error.expected}")
            return None

    def _attach(self, problem: Problem, already: set[str]) -> None:
        """Put a problem at its field, unless Django has said there what is wrong."""
        start, name = self.spec_form.place(problem.field) or shared_place(problem.field)
        if name in already:
            return
        text = describe(problem.field[len(start) :], problem.expected)
        if name in self.fields:
            self.add_error(name, text)
        else:
            self.add_error(None, f"{problem.field}: {problem.expected}")


def shared_place(path: str) -> tuple[str, str]:
    """The start of a problem's path and the form field that it names: "hints[2]" is at hint_2."""
    hint = re.match(r"hints\[([1-3])\]", path)
    if hint:
        return hint[0], f"hint_{hint[1]}"
    start = re.split(r"[.\[]", path)[0]
    return start, HINTS[0] if start == "hints" else start


def describe(inside: str, expected: str) -> str:
    """A problem for people: "[2].why" and "is missing" become "Entry 2, why: is missing"."""
    words = [word for word in re.split(r"[.\[\]]+", inside) if word]
    named = ", ".join(f"entry {word}" if word.isdigit() else word for word in words)
    text = f"{named}: {expected}" if named else expected
    return text[:1].upper() + text[1:]


def form_of(kind: str) -> type[QuestionForm]:
    """The form class of a kind."""
    spec_form = SPEC_FORMS[kind]
    own = spec_form.fields()
    if KINDS[kind].may_vary:
        own["variant"] = forms.CharField(
            label="Variant",
            required=False,
            strip=False,
            widget=UnfoldAdminTextareaWidget(
                attrs={"rows": 9, "class": "font-mono", "placeholder": VARIANT_EXAMPLE, "spellcheck": "false"}
            ),
            help_text="YAML. Numbers drawn for each learner: {= n } in texts, =out in answers.",
        )
    return type("QuestionForm", (QuestionForm,), {**own, "kind": kind, "spec_form": spec_form})
