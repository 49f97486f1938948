"""The list of exercises and the page where one is worked on."""

import json
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from grader import drafts, intake, shelf, workspace
from grader.models import Progress, Submission
from grader.requests import LearnerRequest


@require_safe
def exercise_list(request: HttpRequest) -> HttpResponse:
    entries = shelf.entries(request.user)
    topics = sorted({entry.exercise.topic for entry in entries})
    filters = shelf.Filters.read(request.GET, topics)
    context = {
        "entries": [entry for entry in entries if filters.match(entry)],
        "total": len(entries),
        "solved": sum(entry.state == "solved" for entry in entries),
        "topics": topics,
        "levels": shelf.LEVELS,
        "states": shelf.STATES,
        "frameworks": shelf.FRAMEWORKS,
        "filters": filters,
    }
    return render(request, "grader/exercises.html", context)


@never_cache
@require_safe
def exercise(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, slug)


def _page(
    request: HttpRequest, slug: str, *, status: int = 200, error: str = "", source: str | None = None
) -> HttpResponse:
    found = shelf.exercise_or_404(slug)
    space = workspace.Workspace(request, found, request.user, source)
    return render(
        request, "grader/exercise.html", {"space": space, "exercise": found, "error": error}, status=status
    )


def wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


@require_POST
def submit(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a submission: JSON for the editor's script, a redirect for a plain form."""
    found = shelf.exercise_or_404(slug)
    if not request.user.is_authenticated:
        return _log_in_first(request, slug)
    source = request.POST.get("source", "")
    try:
        file = request.FILES.get("file")
        if isinstance(file, UploadedFile):
            source = intake.decode_upload(file.read())
        submission = intake.submit(request.user, found, source, _kind(request))
    except intake.Refused as refused:
        if refused.retry_after and not wants_json(request):  # the editor's script saves by itself
            drafts.keep(request.user, found.slug, source)
        return _refuse(request, slug, source, refused)
    if not wants_json(request):
        return redirect(submission)
    urls = {
        "url": submission.get_absolute_url(),
        "events_url": reverse("submission-events", args=[submission.pk]),
        "result_url": reverse("submission-result", args=[submission.pk]),
    }
    return JsonResponse(urls, status=HTTPStatus.CREATED)


def _kind(request: HttpRequest) -> str:
    return Submission.Kind.RUN if request.POST.get("kind") == "run" else Submission.Kind.SUBMIT


def _log_in_first(request: HttpRequest, slug: str) -> HttpResponse:
    page = reverse("exercise", args=[slug])
    address = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}"
    if not wants_json(request):
        return HttpResponseRedirect(address)
    error = "Log in to run and submit code. What you have typed stays in this browser."
    return JsonResponse({"error": error, "login_url": address}, status=HTTPStatus.UNAUTHORIZED)


def _refuse(request: HttpRequest, slug: str, source: str, refused: intake.Refused) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": str(refused)}, status=refused.status)
    else:
        response = _page(request, slug, status=refused.status, error=str(refused), source=source)
    if refused.retry_after:
        response["Retry-After"] = str(refused.retry_after)
    return response


@require_http_methods(["PUT"])
def draft(request: HttpRequest, slug: str) -> JsonResponse:
    """Save what has been typed, unless it was saved elsewhere since."""
    found = shelf.exercise_or_404(slug)
    if not request.user.is_authenticated:
        return JsonResponse({"error": "Log in to save drafts on the server."}, status=401)
    try:
        source, revision = _draft_fields(request.body)
        return JsonResponse({"revision": drafts.save(request.user, found.slug, source, revision)})
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    except intake.SourceRefused as refused:
        return JsonResponse({"error": str(refused)}, status=refused.status)
    except drafts.Conflict as conflict:
        stored = conflict.draft
        answer = {"error": str(conflict), "source": stored.source, "revision": stored.revision}
        return JsonResponse(answer, status=409)


def _draft_fields(body: bytes) -> tuple[str, int]:
    expected = 'Send JSON in UTF-8: {"source": text, "revision": whole number from 0}.'
    try:
        data = json.loads(body)
    except ValueError:
        raise ValueError(expected) from None
    source, revision = (data.get("source"), data.get("revision")) if isinstance(data, dict) else (None, None)
    if not isinstance(source, str) or type(revision) is not int or not 0 <= revision < 2**31 - 1:
        raise ValueError(expected)
    return source, revision


@require_POST
def hint(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the next hint."""
    found = shelf.exercise_or_404(slug)
    number = workspace.take_hint(request, found)
    return redirect(f"{reverse('exercise', args=[slug])}?tab=hints#hint-{number}")


@require_POST
@login_required
def give_up(request: LearnerRequest, slug: str) -> HttpResponse:
    """Open the model answer; only with the box ticked."""
    found = shelf.exercise_or_404(slug)
    if request.POST.get("sure") == "yes":
        progress, _ = Progress.objects.get_or_create(user=request.user, exercise=found.slug)
        if progress.gave_up is None:
            progress.gave_up = timezone.now()
            progress.save(update_fields=["gave_up"])
    return redirect(f"{reverse('exercise', args=[slug])}?tab=solution")
