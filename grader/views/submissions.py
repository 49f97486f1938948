"""A learner's submissions: the list, one with its verdict, and the fragment that replaces a live status."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grader import results, shelf
from grader.models import Submission
from grader.requests import LearnerRequest

PAGE_SIZE = 25


def _readable(request: LearnerRequest, pk: UUID) -> Submission:
    found = Submission.objects.select_related("user").readable(pk, request.user)
    if found is None:
        raise Http404
    return found


@require_safe
@login_required
def submission_list(request: LearnerRequest) -> HttpResponse:
    rows = Submission.objects.of(request.user).without_texts()
    slug = request.GET.get("exercise", "")
    if slug:
        rows = rows.filter(exercise=slug)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    titles = shelf.titles()
    context = {"page": page, "titles": titles, "exercise": slug, "title": titles.get(slug, slug)}
    return render(request, "grader/submissions.html", context)


@never_cache
@require_safe
@login_required
def submission(request: LearnerRequest, pk: UUID) -> HttpResponse:
    found = _readable(request, pk)
    context = {
        "submission": found,
        "title": shelf.titles().get(found.exercise, found.exercise),
        "known": found.exercise in shelf.titles(),
        "result": results.present(found),
        "past": results.past(found),
    }
    return render(request, "grader/submission.html", context)


@never_cache
@require_safe
@login_required
def submission_result(request: LearnerRequest, pk: UUID) -> HttpResponse:
    found = _readable(request, pk)
    return render(request, "grader/_result.html", {"submission": found, "result": results.present(found)})
