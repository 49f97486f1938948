"""Home, topics, one topic."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from exercises import catalogue
from quizbank import owners, practice
from quizbank.models import Question, QuestionSet, Topic

HOME_SETS = 6


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: `counts`, `topics` (TopicProgress), `totals`, `continue_run` (or None), `recent`."""
    owner = owners.of(request)
    topics = practice.progress(owner)
    context = {
        "topics": topics,
        "counts": {"questions": sum(topic.total for topic in topics), "topics": len(topics)},
        "totals": {"solved": sum(t.solved for t in topics), "tried": sum(t.tried for t in topics)},
        "continue_run": practice.unfinished_run(owner),
        "recent": practice.history(owner)[:5],
        "lengths": practice.LENGTHS,
        "sets": QuestionSet.objects.filter(status=QuestionSet.Status.PUBLISHED)[:HOME_SETS],
    }
    return render(request, "home.html", context)


@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    found = practice.progress(owners.of(request))
    total, solved = sum(t.total for t in found), sum(t.solved for t in found)
    return render(request, "quizbank/topics.html", {"topics": found, "total": total, "solved": solved})


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic's introduction and its published questions, those of a bank's draft never."""
    found = get_object_or_404(Topic.objects.prefetch_related("prerequisites"), slug=slug)
    level = request.GET.get("level", "")
    level = level if level in Question.Level.values else ""
    everything = list(found.questions.published().order_by("level", "slug"))
    states = practice.states(owners.of(request), everything)
    rows = [(q, states.get(q.pk, "")) for q in everything if not level or q.level == level]
    order = {value: place for place, value in enumerate(Question.Level.values)}
    rows.sort(key=lambda row: (order[row[0].level], row[0].title))
    context = {
        "topic": found,
        "rows": rows,
        "level": level,
        "levels": [
            (value, label, sum(q.level == value for q in everything))
            for value, label in Question.Level.choices
        ],
        "total": len(everything),
        "exercises": [one for one in catalogue.readable() if one.topic == slug],
        "solved": sum(state == "solved" for state in states.values()),
        "prerequisites": found.prerequisites.annotate(
            published=Count("questions", filter=Q(questions__status=Question.Status.PUBLISHED))
        ).filter(published__gt=0),
    }
    return render(request, "quizbank/topic.html", context)
