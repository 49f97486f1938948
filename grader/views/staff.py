"""The staff's pages: what the site is doing, and regrades with their dry run."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grader import overview, regrade_runs, regrade_words
from grader.models import Regrade
from grader.requests import LearnerRequest
from grader.views.guards import instructors_only, may_regrade, staff_only

PAGE_SIZE = 25


@never_cache
@require_safe
@staff_only
def operations(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/operations.html", _operations(request))


@never_cache
@require_safe
@staff_only
def operations_now(request: HttpRequest) -> HttpResponse:
    """The part that refreshes itself."""
    return render(request, "staff/_operations.html", _operations(request))


def _operations(request: HttpRequest) -> dict[str, object]:
    return {"now": overview.Now(), "may_regrade": may_regrade(request)}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@instructors_only
def regrades(request: LearnerRequest) -> HttpResponse:
    """The list, and the form that starts one."""
    if request.method == "POST":
        return _start(request)
    rows = Regrade.objects.select_related("started_by")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "candidates": regrade_words.candidates()}
    return render(request, "staff/regrades.html", context)


def _start(request: LearnerRequest) -> HttpResponse:
    exercise, _, queue = request.POST.get("what", "").partition("/")
    queue = queue or overview.DEFAULT_QUEUE
    everything = request.POST.get("everything") == "yes"
    try:
        return redirect(regrade_runs.start(exercise, queue, request.user, everything))
    except regrade_runs.Refused as refused:
        messages.error(request, str(refused))
        return redirect("staff-regrades")


@never_cache
@require_safe
@instructors_only
def regrade(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One regrade: its dry run under way, the difference to decide about, or what was applied."""
    return render(request, "staff/regrade.html", _regrade(pk))


@never_cache
@require_safe
@instructors_only
def regrade_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    return render(request, "staff/_regrade.html", _regrade(pk))


def _regrade(pk: UUID) -> dict[str, object]:
    found = get_object_or_404(Regrade.objects.select_related("started_by", "applied_by"), pk=pk)
    return {"regrade": found, "view": regrade_words.RegradeView(found)}


@require_POST
@instructors_only
def apply_regrade(request: LearnerRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Regrade, pk=pk)
    if not regrade_runs.apply(found, request.user):
        messages.error(request, "This regrade does not wait for a decision any more.")
    return redirect(found)


@require_POST
@instructors_only
def cancel_regrade(request: LearnerRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Regrade, pk=pk)
    if not regrade_runs.cancel(found):
        messages.error(request, "It is too late to cancel this regrade.")
    return redirect(found)
