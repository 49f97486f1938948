"""Practice runs: set up, go through, sum up; and the history of answers."""

from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quizbank import owners, practice, sets
from quizbank.models import Attempt, PracticeRun, Question
from quizbank.practice import NoQuestions
from quizbank.views import asking

PAGE_SIZE = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Choose topics, level and length, and begin."""
    if request.method != "POST":
        return _setup_page(request, request.GET.getlist("topic"), request.GET.get("level", ""))
    topics, level = request.POST.getlist("topics"), request.POST.get("level", "")
    length = request.POST.get("length", "")
    if level and level not in Question.Level.values:
        return _setup_page(request, topics, "", "Choose junior, mid, senior or any level.", status=422)
    if length not in map(str, practice.LENGTHS):
        allowed = ", ".join(map(str, practice.LENGTHS))
        return _setup_page(request, topics, level, f"Choose a length of {allowed} questions.", status=422)
    try:
        return redirect(practice.start_run(owners.of(request, create=True), topics[:100], level, int(length)))
    except NoQuestions:
        problem = "No question fits this choice. Take more topics, or any level."
        return _setup_page(request, topics, level, problem, status=422)


@never_cache
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The run's current question; a run without any left is summed up."""
    found = _own_run(request, pk)
    current = found.current()
    if current is None:
        found.finish()
        return redirect("practice-summary", found.pk)
    current.run = found
    return asking.show(request, current)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a run early."""
    found = _own_run(request, pk)
    found.finish()
    return redirect("practice-summary", found.pk)


@require_POST
def repeat(request: HttpRequest, pk: int) -> HttpResponse:
    """A new run over what was missed in this one."""
    found = _own_run(request, pk)
    try:
        return redirect(practice.repeat_missed(found, owners.of(request)))
    except NoQuestions:
        return redirect("practice-summary", found.pk)


@never_cache
@require_safe
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    found = _own_run(request, pk)
    attempts = list(found.attempts.select_related("question__topic").order_by("position"))
    counts = Counter(attempt.outcome or "open" for attempt in attempts)
    context = {
        "run": found,
        "groups": _groups(found, attempts),
        "again": found.question_set.get_absolute_url() if found.question_set else reverse("practice"),
        "counts": {name: counts[name] for name in ("right", "partly", "wrong", "open")},
        "total": len(attempts),
        "hints": sum(attempt.hints_used for attempt in attempts),
        "missed": sum(1 for attempt in attempts if attempt.correct is not True),
    }
    return render(request, "quizbank/summary.html", context)


@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """The learner's answers, the newest first."""
    missed_only = request.GET.get("show") == "missed"
    rows = practice.history(owners.of(request), missed_only=missed_only)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "quizbank/history.html", {"page": page, "missed_only": missed_only})


def _groups(run: PracticeRun, attempts: list[Attempt]) -> list[dict[str, Any]]:
    """The attempts by section of the run's set; one group without a title where there are no sections."""
    titles = sets.titles(run.question_set) if run.question_set else {}
    groups: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        groups.setdefault(titles.get(attempt.question_id, ""), []).append(attempt)
    return [
        {"title": title, "attempts": rows, "right": sum(1 for row in rows if row.correct)}
        for title, rows in groups.items()
    ]


def _own_run(request: HttpRequest, pk: int) -> PracticeRun:
    found = practice.find_run(pk, owners.of(request))
    if found is None:
        raise Http404
    return found


def _setup_page(
    request: HttpRequest, topics: list[str], level: str, problem: str = "", status: int = 200
) -> HttpResponse:
    owner = owners.of(request)
    levels = dict(Question.objects.published().order_by().values_list("level").annotate(Count("pk")))
    context = {
        "topics": practice.progress(owner),
        "sets": sets.listed(owner),
        "chosen": topics,
        "level": level,
        "levels": [(value, label, levels.get(value, 0)) for value, label in Question.Level.choices],
        "lengths": practice.LENGTHS,
        "length": request.POST.get("length", "10"),
        "problem": problem,
        "continue_run": practice.unfinished_run(owner),
    }
    return render(request, "quizbank/practice.html", context, status=status)
