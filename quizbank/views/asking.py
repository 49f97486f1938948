"""One question a screen: asked, hinted at, answered, explained.

A question that is only being read has no row in the database. Its seed travels in a signed token, and the
first POST (an answer, a hint) makes the attempt. From then on the attempt's own page is where everything
happens; every POST ends in a redirect, and sending a form twice does nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from exercises import catalogue
from quizbank import instances, owners, practice
from quizbank.instances import Instance
from quizbank.models import Attempt, Question
from quizbank.problems import FormatProblem, InstanceError

Form = Mapping[str, Sequence[str]]
DRAFT = "draft_answer"  # in the session: what was typed when a hint was asked for
MAX_DRAFT = 6000


@dataclass(frozen=True)
class Screen:
    """What the template shows of a question."""

    question: Question
    instance: Instance
    attempt: Attempt | None = None
    token: str = ""
    form: Form = field(default_factory=dict)
    problem: str = ""

    @property
    def action(self) -> str:
        return (self.attempt or self.question).get_absolute_url()

    @property
    def hints(self) -> list[str]:
        return self.instance.hints[: self.attempt.hints_used] if self.attempt else []

    @property
    def hints_left(self) -> int:
        return len(self.question.hints) - len(self.hints)

    @property
    def next_hint(self) -> int:
        return len(self.hints) + 1

    @property
    def typed(self) -> str:
        """The text in the answer's field: what was sent, or what was kept of an open answer."""
        if "answer" in self.form:
            return self.form["answer"][-1]
        if self.attempt and self.attempt.answer and self.question.kind == Question.Kind.OPEN:
            return str(self.attempt.answer["value"]["text"])
        return ""

    @property
    def options(self) -> list[dict[str, Any]]:
        chosen = self.form.get("choice", [])
        return [
            {**o, "checked": str(o["number"]) in chosen} for o in self.instance.presented.get("options", [])
        ]

    @property
    def items(self) -> list[dict[str, Any]]:
        presented = self.instance.presented.get("items", [])
        return [{**i, "place": self._sent(f"place-{i['number']}", str(i["number"]))} for i in presented]

    @property
    def lefts(self) -> list[dict[str, Any]]:
        presented = self.instance.presented.get("lefts", [])
        return [{**row, "chosen": self._sent(f"match-{row['number']}", "")} for row in presented]

    @property
    def rights(self) -> list[dict[str, Any]]:
        return [{**row, "value": str(row["number"])} for row in self.instance.presented.get("rights", [])]

    @property
    def rubric(self) -> list[dict[str, Any]]:
        """An open question's points, once its model answer may be seen."""
        if not (self.attempt and self.attempt.is_revealed and self.question.kind == Question.Kind.OPEN):
            return []
        value = (self.attempt.answer or {})["value"] if self.attempt.is_current_version else {}
        return self.instance.review(value)["rubric"]

    @property
    def review(self) -> dict[str, Any]:
        if not (self.attempt and self.attempt.is_answered and self.attempt.is_current_version):
            return {}
        return self.instance.review((self.attempt.answer or {})["value"])

    def _sent(self, name: str, default: str) -> str:
        return self.form[name][-1] if self.form.get(name) else default


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str) -> HttpResponse:
    """A question to try, with fresh numbers; a POST makes the attempt."""
    found = get_object_or_404(Question.objects.select_related("topic", "bank"), slug=slug)
    if found.status != Question.Status.PUBLISHED and not _may_preview(request):
        raise Http404
    if request.method == "POST":
        seed = practice.token_seed(request.POST.get("token", ""), found)
        if seed is None:
            return _fresh(
                request,
                found,
                "This page was too old to answer. Here is the question again, with new numbers.",
            )
        if request.POST.get("action") == "answer" and (screen := _unreadable(request, found, seed)):
            return _page(request, screen, status=422)
        attempt = practice.attempt_of(found, seed, owners.of(request, create=True))
        return _act(request, attempt)
    return _fresh(request, found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own attempt: still open, or with its feedback."""
    found = practice.find_attempt(pk, owners.of(request))
    if found is None:
        raise Http404
    if request.method == "POST" and not _is_withdrawn(request, found):
        return _act(request, found)
    return show(request, found)


def show(request: HttpRequest, attempt: Attempt, problem: str = "", status: int = 200) -> HttpResponse:
    """The page of an attempt, with what was typed before."""
    if _is_withdrawn(request, attempt):
        return render(
            request, "quizbank/withdrawn.html", {"attempt": attempt, "run": attempt.run}, status=410
        )
    try:
        instance = attempt.instance
    except InstanceError:
        return _broken(request, attempt.question, attempt)
    form = dict(request.POST.lists()) if request.method == "POST" else _draft(request, attempt)
    return _page(request, Screen(attempt.question, instance, attempt, form=form, problem=problem), status)


def _fresh(request: HttpRequest, question: Question, problem: str = "") -> HttpResponse:
    token, seed = practice.new_token(question)
    try:
        instance = instances.build(question, seed)
    except InstanceError:
        return _broken(request, question)
    return _page(request, Screen(question, instance, token=token, problem=problem))


def _unreadable(request: HttpRequest, question: Question, seed: int) -> Screen | None:
    """The question again with the format problem of its first answer, before any row is made of it."""
    form = dict(request.POST.lists())
    try:
        instance = instances.build(question, seed)
        instance.parse(instance.from_form(form))
    except FormatProblem as problem:
        return Screen(question, instance, token=request.POST["token"], form=form, problem=str(problem))
    except InstanceError:
        return None
    return None


def _act(request: HttpRequest, attempt: Attempt) -> HttpResponse:
    """Do what the form's button says, then redirect to where the result is seen."""
    address = attempt.get_absolute_url()
    action = request.POST.get("action", "answer")
    if attempt.is_answered:
        return redirect(f"{address}#feedback")
    if action == "skip" and attempt.run:
        practice.skip(attempt)
        return redirect(attempt.run)
    try:
        return _answer(request, attempt, action, address)
    except FormatProblem as problem:
        return show(request, attempt, str(problem), status=422)
    except InstanceError:
        return _broken(request, attempt.question, attempt)


def _answer(request: HttpRequest, attempt: Attempt, action: str, address: str) -> HttpResponse:
    form = dict(request.POST.lists())
    if action == "hint":
        attempt.take_hint()
        _keep_draft(request, attempt, form)
        return redirect(f"{address}#hint-{min(attempt.hints_used + 1, len(attempt.question.hints))}")
    version = request.POST.get("version")
    if version and version != attempt.question.version:
        raise FormatProblem(
            "The question was edited a moment ago. Here is its new version: please answer this one."
        )
    raw = attempt.instance.from_form(form)
    if attempt.question.kind == Question.Kind.OPEN and not attempt.is_revealed:
        attempt.reveal({"text": raw["text"], "points": []})
        return redirect(f"{address}#model-answer")
    attempt.submit(raw)
    request.session.pop(DRAFT, None)
    return redirect(f"{address}#feedback")


def _page(request: HttpRequest, screen: Screen, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"screen": screen, "question": screen.question, "attempt": screen.attempt}
    run = screen.attempt.run if screen.attempt else None
    if run:
        rows = list(run.attempts.order_by("position").values_list("pk", "answered"))
        done = sum(answered is not None for _, answered in rows)
        here = screen.attempt.is_answered if screen.attempt else False
        context |= {"run": run, "done": done, "total": len(rows), "number": done if here else done + 1}
        context["is_last"] = done == len(rows)
    if screen.attempt and screen.attempt.is_answered:
        context |= _further(screen.question)
    return render(request, "quizbank/question.html", context, status=status)


def _further(question: Question) -> dict[str, Any]:
    """What to read next: related questions, and exercises that exist."""
    return {
        "related": Question.objects.published().filter(slug__in=question.related, bank=question.bank_id),
        "exercises": [(one.title, reverse("exercise", args=[one.slug])) for one in _exercises(question)],
    }


def _exercises(question: Question) -> Iterator[catalogue.Exercise]:
    """Those that the question names, then those that name the question."""
    readable = list(catalogue.readable())
    named = {one.slug: one for one in readable if one.slug in question.exercises}
    yield from (named[slug] for slug in question.exercises if slug in named)
    yield from (one for one in readable if question.slug in one.questions and one.slug not in named)


def _is_withdrawn(request: HttpRequest, attempt: Attempt) -> bool:
    """Whether the question became a draft before it was answered; instructors may go on."""
    if attempt.is_answered or attempt.question.status == Question.Status.PUBLISHED:
        return False
    return not _may_preview(request)


def _may_preview(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_instructor


def _broken(request: HttpRequest, question: Question, attempt: Attempt | None = None) -> HttpResponse:
    context = {"question": question, "attempt": attempt, "run": attempt.run if attempt else None}
    return render(request, "quizbank/broken.html", context, status=503)


def _keep_draft(request: HttpRequest, attempt: Attempt, form: Form) -> None:
    """Taking a hint must not lose what was typed; one draft is kept, and no large one."""
    kept = {
        name: list(values)
        for name, values in form.items()
        if name not in ("csrfmiddlewaretoken", "token", "action")
    }
    if sum(len(value) for values in kept.values() for value in values) <= MAX_DRAFT:
        request.session[DRAFT] = {"attempt": attempt.pk, "form": kept}


def _draft(request: HttpRequest, attempt: Attempt) -> Form:
    draft = request.session.get(DRAFT)
    return draft["form"] if draft and draft["attempt"] == attempt.pk else {}
