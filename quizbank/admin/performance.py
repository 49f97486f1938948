"""How questions do: how often they were answered, how often rightly, and which option attracts whom."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet

from quizbank.models import Question

ANSWERED = Q(attempts__answered__isnull=False)
MAX_COUNTED = 5000  # latest answers that are looked into for the options
TRUE_FALSE = ((True, "True"), (False, "False"))


def with_performance(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Adds `answers` and `right_answers`; skipped attempts, which have no answer, do not count."""
    return questions.annotate(
        answers=Count("attempts", filter=ANSWERED),
        right_answers=Count("attempts", filter=ANSWERED & Q(attempts__correct=True)),
    )


def percent(part: int, whole: int) -> str:
    """ "67 %", or a dash where there is nothing yet."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


def share_right(question: Question) -> str:
    """The share of right answers of a question of `with_performance`."""
    return percent(getattr(question, "right_answers", 0), getattr(question, "answers", 0))


@dataclass(frozen=True)
class OptionShare:
    """How many answers chose an option; several may be chosen in a multiple-choice question."""

    text: str
    correct: bool
    count: int
    of: int

    @property
    def share(self) -> str:
        return percent(self.count, self.of)


@dataclass(frozen=True)
class Performance:
    """The figures above the form of a question."""

    answers: int
    right: str
    hints: str
    options: list[OptionShare]


def performance(question: Question) -> Performance:
    """All figures of one question. The options count answers to the question as it reads now."""
    answered = question.attempts.filter(answered__isnull=False)
    figures = answered.aggregate(
        answers=Count("pk"), right=Count("pk", filter=Q(correct=True)), hints=Avg("hints_used")
    )
    hints = "–" if figures["hints"] is None else f"{figures['hints']:.1f}"
    right = percent(figures["right"], figures["answers"])
    return Performance(figures["answers"], right, hints, _options(question) if figures["answers"] else [])


def _options(question: Question) -> list[OptionShare]:
    options = _known_options(question)
    if not options:
        return []
    latest = question.attempts.filter(answered__isnull=False).order_by("-answered")
    answers = [answer for answer in latest.values_list("answer", flat=True)[:MAX_COUNTED] if answer]
    values = [answer.get("value") for answer in answers if answer.get("version") == question.version]
    chosen = Counter(choice for value in values for choice in (value if isinstance(value, list) else [value]))
    return [OptionShare(text, correct, chosen[key], len(values)) for key, text, correct in options]


def _known_options(question: Question) -> list[tuple[object, str, bool]]:
    """(what an answer stores, text, right) of each option."""
    if question.kind == Question.Kind.TRUE_FALSE:
        right = question.spec.get("answer", {}).get("value")
        return [(value, text, value is right) for value, text in TRUE_FALSE]
    options = question.spec.get("options", [])
    return [(i, option["text"], option["correct"]) for i, option in enumerate(options)]
