"""Form fields that show a list of texts as one text: a line each, or separated by commas."""

from collections.abc import Sequence
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

BRACKETS = {"(": ")", "[": "]", "{": "}"}


class LinesField(forms.CharField):
    """One entry a line; blank lines do not count."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextareaWidget(attrs={"rows": rows}))
        super().__init__(**{"required": False, "strip": True, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial or []) != self.to_python(data or "")


class CommaField(LinesField):
    """Entries separated by commas. Commas inside brackets or quotes belong to their entry."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextInputWidget(), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        if isinstance(value, list):
            return value
        return split_commas(forms.CharField.to_python(self, value) or "")


def split_commas(text: str) -> list[str]:
    """Split at the commas outside of brackets: "=f(a, b), 3" has two entries."""
    entries: list[str] = []
    closing: list[str] = []
    entry = ""
    for character in text:
        if character == "," and not closing:
            entries.append(entry)
            entry = ""
            continue
        if character in BRACKETS:
            closing.append(BRACKETS[character])
        elif closing and character == closing[-1]:
            closing.pop()
        entry += character
    return [part.strip() for part in [*entries, entry] if part.strip()]


def as_number(text: str) -> int | float | str:
    """An integer or a decimal where the text is one, else the text itself."""
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return text


def joined(values: Sequence[Any]) -> str:
    return ", ".join(map(str, values))
