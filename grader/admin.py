"""Submissions in the admin: instructors read them; nobody edits what was graded."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action

from grader import regrade_runs
from grader.models import PastReport, Submission, SubmissionEvent, SubmissionQuerySet, WorkerBeat
from grader.views.guards import may_regrade


class ReadOnly:
    """Instructors may look; adding, changing and deleting is left to the code."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_regrade(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_regrade(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EventInline(ReadOnly, TabularInline):
    model = SubmissionEvent
    fields = ("seq", "kind", "payload", "created")
    readonly_fields = fields
    extra = 0


class PastReportInline(ReadOnly, TabularInline):
    model = PastReport
    fields = ("attempt", "exercise_version", "verdict", "score", "replaced")
    readonly_fields = fields
    extra = 0


@admin.register(Submission)
class SubmissionAdmin(ReadOnly, ModelAdmin):
    list_display = ("created", "user", "exercise", "kind", "state", "verdict", "percent", "time", "attempt")
    list_filter = ("state", "verdict", "kind", "exercise")
    search_fields = ("user__username", "exercise", "id")
    date_hierarchy = "created"
    list_select_related = ("user",)
    inlines = (EventInline, PastReportInline)
    actions = ("grade_again",)
    actions_list = ("grade_exercise_again",)
    view_on_site = True
    fields = (
        "id", "user", "exercise", "exercise_version", "kind", "state", "verdict", "score", "seconds",
        "memory_mb", "attempt", "queue", "lease_until", "created", "started", "finished", "source", "report",
    )  # fmt: skip

    @admin.display(description="score", ordering="score")
    def percent(self, submission: Submission) -> str:
        return f"{submission.percent} %" if submission.is_finished else ""

    @admin.display(description="seconds", ordering="seconds")
    def time(self, submission: Submission) -> str:
        return "" if submission.seconds is None else f"{submission.seconds:.3f}"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Lists load neither sources nor reports."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("changelist")
        return rows.defer("source", "report") if is_list else rows

    def has_regrade_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_regrade(request)

    @admin.action(description="Grade again (shows first what would change)", permissions=["regrade"])
    def grade_again(self, request: HttpRequest, chosen: SubmissionQuerySet) -> HttpResponse | None:
        """Start a dry run and show its page; nothing is stored before it is applied there."""
        if not request.user.is_authenticated:
            return None
        try:
            return redirect(regrade_runs.start_selection(chosen, request.user))
        except regrade_runs.Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return None

    @action(description="Grade an exercise again", url_path="grade-again", permissions=["regrade"])
    def grade_exercise_again(self, request: HttpRequest) -> HttpResponse:
        return redirect("staff-regrades")


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "at", "version", "started", "runner_starts")
