"""How questions do: how often each was answered, and how many answers were right."""

from django.db.models import Count, Q, QuerySet

from quizbank.models import Question

ANSWERED = Q(attempts__answered__isnull=False)


def with_performance(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Adds `answers` and `right_answers`; skipped attempts, which have no answer, do not count."""
    return questions.annotate(
        answers=Count("attempts", filter=ANSWERED),
        right_answers=Count("attempts", filter=ANSWERED & Q(attempts__correct=True)),
    )


def share_right(question: Question) -> str:
    """ "67 %", or a dash where nobody has answered yet."""
    answers = getattr(question, "answers", 0)
    return f"{getattr(question, 'right_answers', 0) / answers:.0%}".replace("%", " %") if answers else "–"
