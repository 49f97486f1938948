"""Submissions in the admin: instructors read them; nobody edits what was graded."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from grader.models import PastReport, Submission, SubmissionEvent, WorkerBeat


class ReadOnly:
    """Instructors may look; adding, changing and deleting is left to the code."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_instructor(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_instructor(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_instructor(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_staff and request.user.is_instructor


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
    list_display = ("created", "user", "exercise", "kind", "state", "verdict", "score", "seconds", "attempt")
    list_filter = ("state", "verdict", "kind", "exercise")
    search_fields = ("user__username", "exercise", "id")
    date_hierarchy = "created"
    list_select_related = ("user",)
    inlines = (EventInline, PastReportInline)
    view_on_site = True
    fields = (
        "id", "user", "exercise", "exercise_version", "kind", "state", "verdict", "score", "seconds",
        "memory_mb", "attempt", "queue", "lease_until", "created", "started", "finished", "source", "report",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Lists load neither sources nor reports."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("changelist")
        return rows.defer("source", "report") if is_list else rows


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "at")
