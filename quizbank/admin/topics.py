"""Topics in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from quizbank.admin.question_form import markdown_field
from quizbank.bank_files import SETS
from quizbank.models import Question, Topic

PUBLISHED = Q(questions__status=Question.Status.PUBLISHED)


class TopicForm(forms.ModelForm):
    """The introduction is Markdown, with a preview."""

    intro = markdown_field(
        "Introduction", 10, help_text="Markdown and $maths$; shown above the topic's questions."
    )

    class Meta:
        model = Topic
        fields = ("title", "slug", "order", "intro", "prerequisites")

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug == SETS:
            raise forms.ValidationError("This name is taken: a bank's folder “sets” holds its sets.")
        return slug

    def clean_prerequisites(self) -> Any:
        prerequisites = self.cleaned_data["prerequisites"]
        if self.instance.pk and self.instance in prerequisites:
            raise forms.ValidationError("A topic cannot be its own prerequisite.")
        return prerequisites


@admin.register(Topic)
class TopicAdmin(ModelAdmin):
    """A topic that has questions cannot be deleted."""

    form = TopicForm
    list_display = ("title", "slug", "order", "published", "drafts")
    search_fields = ("title", "slug")
    autocomplete_fields = ("prerequisites",)
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        counts = {"published_count": Count("questions", filter=PUBLISHED), "all_count": Count("questions")}
        return super().get_queryset(request).annotate(**counts)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("title",)}

    @display(description="Published", ordering="published_count")
    def published(self, topic: Topic) -> int:
        return topic.published_count  # type: ignore[attr-defined]

    @display(description="Drafts")
    def drafts(self, topic: Topic) -> int:
        return topic.all_count - topic.published_count  # type: ignore[attr-defined]
