"""A form field that is a small table: one row an option, a pair or a rubric point.

The inputs are named `<field>-<row>-<column>` and are all on the page from the start, with spare rows at the
end, so that it works without scripts. A row whose texts are all empty does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from unfold.widgets import BASE_INPUT_CLASSES, CHECKBOX_CLASSES, TEXTAREA_CLASSES

Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column; `kind` is `area`, `check` or `number`."""

    name: str
    label: str
    kind: str = "area"
    width: str = ""
    lines: int = 2
    initial: Any = ""
    classes: str = field(init=False, default="")

    def __post_init__(self) -> None:
        classes = {"area": TEXTAREA_CLASSES, "check": CHECKBOX_CLASSES, "number": BASE_INPUT_CLASSES}
        object.__setattr__(self, "classes", " ".join(classes[self.kind]))

    def read(self, name: str, data: Mapping[str, Any]) -> Any:
        if self.kind == "check":
            return name in data
        return str(data.get(name, "")).strip()


class RowsWidget(forms.Widget):
    """The table of inputs."""

    template_name = "admin/quizbank/rows_widget.html"

    def __init__(self, columns: Sequence[Column], most: int, spare: int = 2, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.columns, self.most, self.spare = columns, most, spare

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        rows = [
            {column.name: column.read(f"{name}-{i}-{column.name}", data) for column in self.columns}
            for i in range(self.most)
        ]
        return [row for row in rows if self.is_used(row)]

    def is_used(self, row: Row) -> bool:
        """A row counts where a text stands in it; a tick or a number alone does not make one."""
        return any(row[column.name] for column in self.columns if column.kind == "area")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(key.startswith(f"{name}-") for key in data)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-{self.columns[0].name}" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or [])[: self.most]
        count = min(self.most, max(len(rows) + self.spare, 3))
        blank = {column.name: column.initial for column in self.columns}
        padded = rows + [blank] * (count - len(rows))
        context["widget"]["columns"] = self.columns
        context["widget"]["rows"] = [self._cells(context["widget"], i, row) for i, row in enumerate(padded)]
        return context

    def _cells(self, widget: dict[str, Any], i: int, row: Row) -> list[dict[str, Any]]:
        id_ = widget["attrs"].get("id", widget["name"])
        return [
            {
                "column": column,
                "name": f"{widget['name']}-{i}-{column.name}",
                "id": f"{id_}-{i}-{column.name}",
                "value": row.get(column.name, column.initial),
            }
            for column in self.columns
        ]


class RowsField(forms.Field):
    """The list of used rows, as dictionaries."""

    widget: RowsWidget

    def __init__(self, columns: Sequence[Column], most: int, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "widget": RowsWidget(columns, most), **kwargs})

    def clean(self, value: Any) -> list[Row]:
        return super().clean(value) or []

    def has_changed(self, initial: Any, data: Any) -> bool:
        as_texts = [{name: str(cell) for name, cell in row.items()} for row in initial or []]
        return as_texts != [{name: str(cell) for name, cell in row.items()} for row in data or []]
