"""The pages of importing and exporting a bank."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from quizbank.admin.differences import MAX_COMPARED_ON_A_PAGE, Line, as_lines, line_difference
from quizbank.content import of_row
from quizbank.importing import Upload
from quizbank.importing_archive import MAX_ENTRIES, MAX_TOTAL, MAX_UPLOAD
from quizbank.importing_csv import write_csv
from quizbank.loading import Change, files_of
from quizbank.models import Bank

ACTIONS = {
    "create": ("Added", "added"),
    "update": ("Changed", "changed"),
    "draft": ("No longer in the file: becomes a draft", "removed"),
    "kept": ("Kept as edited here", "same"),
    "unchanged": ("Unchanged", "same"),
}
EPOCH = (1980, 1, 1, 0, 0, 0)  # so that the same bank gives the same bytes
MEGA = 1_000_000
TOO_MANY = Line("skipped", f"more than {MAX_COMPARED_ON_A_PAGE:,} changed lines on this page: not shown")


class UploadForm(forms.Form):
    """A file, and what to do with it."""

    file = forms.FileField(
        label="File",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".zip,.csv"}),
        help_text=(
            "A zip of the bank's Markdown files, or a CSV of choice questions. At most "
            f"{MAX_UPLOAD // MEGA} MB, {MAX_ENTRIES:,} files, {MAX_TOTAL // MEGA} MB unpacked."
        ),
    )
    bank = forms.ModelChoiceField(
        Bank.objects.all(),
        label="Bank",
        required=False,
        to_field_name="slug",
        empty_label="As the zip says",
        widget=UnfoldAdminSelectWidget(),
        help_text="Needed for a CSV. A zip names its bank by its folder, unless you choose one here.",
    )
    keep_missing = forms.BooleanField(
        label="Leave questions alone that are not in the zip",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text="Otherwise those that an earlier import brought become drafts. Nothing is ever deleted.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            size = f"{file.size / MEGA:.1f} MB"
            raise forms.ValidationError(f"At most {MAX_UPLOAD // MEGA} MB are expected, this has {size}.")
        if not file.name.lower().endswith((".zip", ".csv")):
            raise forms.ValidationError("A file that ends in .zip or .csv is expected.")
        return file

    def upload(self) -> Upload:
        values = self.cleaned_data
        bank = values["bank"].slug if values["bank"] else ""
        return Upload(values["file"].name, values["file"].read(), bank, values["keep_missing"])


@dataclass(frozen=True)
class ShownChange:
    """One change as the dry run shows it."""

    change: Change
    label: str
    tone: str
    fields: Sequence[tuple[str, Sequence[Line]]]


def shown(changes: Sequence[Change]) -> list[ShownChange]:
    """Everything that would change, in the order of ACTIONS; what stays as it is is only counted."""
    order = list(ACTIONS)
    left = MAX_COMPARED_ON_A_PAGE

    def lines(before: Any, after: Any) -> Sequence[Line]:
        nonlocal left
        left -= len(as_lines(before)) + len(as_lines(after))
        return line_difference(before, after) if left >= 0 else [TOO_MANY]

    changing = sorted((c for c in changes if c.action != "unchanged"), key=lambda c: order.index(c.action))
    return [
        ShownChange(
            change,
            *ACTIONS[change.action],
            [(field.name.replace("_", " "), lines(field.before, field.after)) for field in change.fields],
        )
        for change in changing
    ]


def counts(changes: Sequence[Change]) -> list[tuple[str, str, int]]:
    """(label, tone, number) of questions for each action that occurs."""
    questions = [change.action for change in changes if change.what == "question"]
    return [
        (label, tone, questions.count(action))
        for action, (label, tone) in ACTIONS.items()
        if action in questions
    ]


def zip_response(bank: Bank) -> HttpResponse:
    """The bank as a zip of its Markdown files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of(bank).items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return _download(out.getvalue(), "application/zip", f"{bank.slug}.zip")


def csv_response(bank: Bank) -> HttpResponse:
    """The bank's choice questions as one CSV, with the mark by which spreadsheets recognise UTF-8."""
    rows = bank.questions.select_related("topic").order_by("topic__order", "slug")
    text = write_csv(of_row(row) for row in rows)
    return _download(b"\xef\xbb\xbf" + text.encode(), "text/csv; charset=utf-8", f"{bank.slug}.csv")


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    headers: Mapping[str, str] = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=kind, headers=dict(headers))
