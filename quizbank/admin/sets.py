"""Ready-made sets in the admin: what a set holds is typed as YAML, as in its file."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from quizbank import owners, set_content, sets, yaml_text
from quizbank.admin.question_form import describe, markdown_field
from quizbank.fields import Fields
from quizbank.models import QuestionSet
from quizbank.problems import Problem

CONTENT_EXAMPLE = """sections:
  - title: Warm-up
    questions: [what-is-a-cnn, conv-parameter-count]
  - title: Numbers
    pick: {kinds: [numeric, shape], levels: [mid], count: 5}"""


class SetForm(forms.ModelForm):
    """The row's own columns, and its sections as text."""

    description = markdown_field("Description", 5, help_text="Markdown; shown above the set's questions.")
    content = forms.CharField(
        label="Questions",
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={"rows": 16, "class": "font-mono", "placeholder": CONTENT_EXAMPLE, "spellcheck": "false"}
        ),
        help_text=(
            "YAML: questions, covers or pick, or a list of sections with a title each. "
            "“pick” takes topics, levels, kinds, tags, variants, and the count that a run draws."
        ),
    )

    class Meta:
        model = QuestionSet
        fields = (
            *("title", "slug", "bank", "status", "description", "order"),
            *("minutes", "level", "audience"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            written = yaml_text.dump(set_content.write_sections(self.instance.sections))
            self.initial = {"content": written, **self.initial}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("content")
        if text is None:
            return cleaned
        problems: list[Problem] = []
        try:
            fields = Fields(yaml_text.load(text)[0], problems)
        except yaml_text.YamlError as error:
            self.add_error("content", f"Line {error.line}: {error.expected}")
            return cleaned
        sections = set_content.read_sections(fields)
        fields.close()
        for problem in problems or self._unknown(sections, cleaned):
            self.add_error("content", describe(problem.field, problem.expected))
        if not self.errors:
            self.instance.sections = sections
        return cleaned

    def _unknown(self, sections: list[set_content.Section], cleaned: dict[str, Any]) -> list[Problem]:
        """Questions that the chosen bank does not have; drafts may be named ahead of their publication."""
        if cleaned.get("bank") is None:
            return []
        slugs = set(cleaned["bank"].questions.values_list("slug", flat=True))
        stand_in = set_content.SetContent("", "", "", 0, 0, "", "", "draft", sections)
        return set_content.unknown_questions(stand_in, slugs)


@admin.register(QuestionSet)
class SetAdmin(ModelAdmin):
    """Sets are reached by learners as soon as they are published."""

    form = SetForm
    fields = (*SetForm.Meta.fields, "content")
    list_display = ("title", "slug", "shown_status", "level", "order", "bank", "questions")
    list_filter = ("status", "level", "bank")
    list_select_related = ("bank",)
    search_fields = ("title", "slug", "description")
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionSet]:
        return super().get_queryset(request).order_by("order", "title")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("title",)}

    @display(description="Status", ordering="status", label={"Published": "success", "Draft": "warning"})
    def shown_status(self, row: QuestionSet) -> str:
        return row.get_status_display()

    @display(description="Questions")
    def questions(self, row: QuestionSet) -> str:
        one = sets.resolved(row, owners.Owner())
        return str(one.total) if one.size == one.total else f"{one.size} of {one.total}"
