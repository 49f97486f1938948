"""Questions in the admin: the list, the page of one question for each kind, versions and preview."""

from itertools import islice, pairwise
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.decorators import display

from quizbank.admin.advice import advice
from quizbank.admin.differences import line_difference
from quizbank.admin.performance import performance, share_right, with_performance
from quizbank.admin.preview import preview
from quizbank.admin.question_form import HINTS, form_of
from quizbank.admin.spec_forms import SPEC_FORMS
from quizbank.kinds import KINDS
from quizbank.models import Question

MOST_ADVICE = 5  # warnings shown after saving
KIND_HELP = {
    "single-choice": "Several options, one is right.",
    "multiple-choice": "Several options, one or more are right.",
    "true-false": "A statement to be judged.",
    "numeric": "A number with a tolerance and a unit.",
    "shape": "The sizes of a tensor.",
    "short-text": "A word or two, with accepted forms.",
    "ordering": "Items to be put in order.",
    "matching": "Left sides to be matched with right sides.",
    "open": "Answered freely, graded by the learner against a rubric.",
}


@admin.register(Question)
class QuestionAdmin(SimpleHistoryAdmin, ModelAdmin):
    """The kind is chosen first and then stays: it decides which fields there are."""

    list_display = ("title", "shown_status", "shown_kind", "level", "topic", "bank", "answers", "right")
    list_filter = ("status", "kind", "level", "topic", "bank")
    list_select_related = ("topic", "bank")
    list_per_page = 50
    list_filter_submit = False
    search_fields = ("title", "slug", "prompt", "tags")
    search_help_text = "Title, slug, prompt or tag"
    actions = ("publish", "unpublish")
    ordering = ("topic__order", "slug")
    warn_unsaved_form = True
    view_on_site = False  # drafts have no page; the form links to it where there is one
    compressed_fields = True
    history_list_per_page = 20
    object_history_list_template = "admin/quizbank/history_list.html"
    object_history_form_template = "admin/quizbank/history_form.html"
    add_form_template = "admin/quizbank/question_form.html"
    change_form_template = "admin/quizbank/question_form.html"

    # The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return with_performance(super().get_queryset(request))

    @display(description="Status", ordering="status", label={"Published": "success", "Draft": "warning"})
    def shown_status(self, question: Question) -> str:
        return question.get_status_display()

    @display(description="Kind", ordering="kind")
    def shown_kind(self, question: Question) -> str:
        return question.get_kind_display() + (" (variant)" if question.is_variant else "")

    @display(description="Answers", ordering="answers")
    def answers(self, question: Question) -> int:
        return question.answers  # type: ignore[attr-defined]

    @display(description="Right", ordering="right_answers")
    def right(self, question: Question) -> str:
        return share_right(question)

    @admin.action(description="Publish the chosen questions", permissions=["change"])
    def publish(self, request: HttpRequest, questions: QuerySet[Question]) -> None:
        self._set_status(request, questions, Question.Status.PUBLISHED)

    @admin.action(description="Unpublish: make the chosen questions drafts", permissions=["change"])
    def unpublish(self, request: HttpRequest, questions: QuerySet[Question]) -> None:
        self._set_status(request, questions, Question.Status.DRAFT)

    def _set_status(self, request: HttpRequest, questions: QuerySet[Question], status: str) -> None:
        """One save each, not an update in bulk: every version has to be in the history."""
        changed = [question for question in questions if question.status != status]
        for question in changed:
            question.status = status
            question._history_user = request.user  # type: ignore[attr-defined]
            question.save()
            self.log_change(request, question, f"Status: {status}")
        text = f"{len(changed)} of {len(questions)} questions changed to {status}."
        self.message_user(request, text, messages.SUCCESS)

    # One question

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        return [path("preview/", view, name="quizbank_question_preview"), *super().get_urls()]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            return HttpResponse("You may not edit questions.", status=403)
        return preview(request)

    def kind_of(self, request: HttpRequest, question: Question | None) -> str:
        kind = question.kind if question is not None else request.GET.get("kind", "")
        return kind if kind in SPEC_FORMS else ""

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        kind = self.kind_of(request, None)
        if not kind and self.has_add_permission(request):
            return self._choose_kind(request)
        label = Question.Kind(kind).label.lower() if kind else ""
        return super().add_view(
            request, form_url, {"title": f"New question: {label}", **(extra_context or {})}
        )

    def _choose_kind(self, request: HttpRequest) -> HttpResponse:
        kinds = [(value, label, KIND_HELP[value]) for value, label in Question.Kind.choices]
        context = {
            **self.admin_site.each_context(request),
            "title": "New question: which kind?",
            "opts": self.opts,
            "kinds": kinds,
            "others": request.GET.urlencode(),
        }
        return TemplateResponse(request, "admin/quizbank/choose_kind.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        question = kwargs.get("obj")
        kind = self.kind_of(request, question)
        shown: dict[str, Any] = {}
        if kind:
            shown = {"kind_label": Question.Kind(kind).label, "kind_help": KIND_HELP[kind]}
        if question is not None:
            shown["performance"] = performance(question)
        return super().render_change_form(request, {**context, **shown}, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Question, form: forms.ModelForm, change: bool) -> None:
        """A reverted version brings back its content, not its memory of the file that it came from."""
        if change:
            obj.file_digest = Question.objects.values_list("file_digest", flat=True).get(pk=obj.pk)
        super().save_model(request, obj, form, change)
        for text in islice(advice(obj), MOST_ADVICE):
            self.message_user(request, text, messages.WARNING)

    def set_history_delta_changes(self, request: HttpRequest, historical_records: Any, *args: Any) -> None:
        """Line by line, since a spec or a worked answer is too long for "old → new"."""
        records = list(historical_records)
        for newer, older in pairwise(records):
            delta = newer.diff_against(older)
            newer.line_changes = [
                (change.field.replace("_", " "), line_difference(change.old, change.new))
                for change in delta.changes
                if change.field != "file_digest"
            ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        kind = self.kind_of(request, obj) or Question.Kind.SINGLE_CHOICE
        return super().get_form(request, obj, change, **{**kwargs, "form": form_of(kind)})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kind = self.kind_of(request, obj) or Question.Kind.SINGLE_CHOICE
        spec_form = SPEC_FORMS[kind]
        variant = [("Variant", {"fields": ["variant"]})] if KINDS[kind].may_vary else []
        return [
            (None, {"fields": [("title", "slug"), ("bank", "topic"), ("level", "status"), "seconds"]}),
            ("Question", {"fields": ["prompt"]}),
            (spec_form.legend, {"fields": list(spec_form.fields())}),
            *variant,
            ("Hints and worked answer", {"fields": [*HINTS, "worked_answer", "pitfalls", "given"]}),
            ("Links", {"fields": ["tags", "references", "related", "exercises", "covers"]}),
        ]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("title",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What learners have answered stays: such a question can be unpublished, not deleted."""
        answered = obj is not None and obj.attempts.exists()
        return super().has_delete_permission(request, obj) and not answered
