"""Ready-made sets: one set's page, where it is practised from."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from quizbank import owners, practice, sets
from quizbank.models import QuestionSet
from quizbank.practice import NoQuestions
from quizbank.sets import ResolvedSet

OPEN_LIST = 20  # a section with more questions than this is folded


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question_set(request: HttpRequest, slug: str) -> HttpResponse:
    """What a set holds and how far one is; a POST begins a run over it or over one of its sections."""
    one = sets.resolved(_visible(request, slug), owners.of(request))
    if request.method != "POST":
        return _page(request, one)
    section, length = request.POST.get("section", ""), request.POST.get("length", "")
    if section and section not in map(str, range(len(one.sections))):
        return _page(request, one, "This set has no such section. Choose one below.", status=422)
    if length and length not in map(str, one.lengths):
        allowed = ", ".join(map(str, one.lengths))
        return _page(request, one, f"Choose a length of {allowed} questions.", status=422)
    owner = owners.of(request, create=True)
    chosen = int(section) if section else None
    try:
        run = sets.start(one, owner, chosen, int(length or 0), unsolved="unsolved" in request.POST)
    except NoQuestions:
        return _page(request, one, "No question of this set is published at the moment.", status=422)
    return redirect(run)


def _visible(request: HttpRequest, slug: str) -> QuestionSet:
    """Published sets are everybody's, drafts are for instructors."""
    found = Q(slug=slug)
    if not (request.user.is_authenticated and request.user.is_instructor):
        found &= Q(status=QuestionSet.Status.PUBLISHED)
    row = QuestionSet.objects.filter(found).first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, one: ResolvedSet, problem: str = "", status: int = 200) -> HttpResponse:
    sections = [
        {
            "number": number,
            "section": section,
            "rows": [(question, one.states.get(question.pk, "")) for question in section.questions],
            "solved": sum(one.states.get(question.pk) == "solved" for question in section.questions),
            "is_folded": len(section.questions) > OPEN_LIST,
        }
        for number, section in enumerate(one.sections)
        if section.questions
    ]
    context = {
        "set": one,
        "row": one.row,
        "sections": sections,
        "problem": problem,
        "continue_run": practice.unfinished_run(owners.of(request), one.row),
    }
    return render(request, "quizbank/set.html", context, status=status)
