"""What a question would gain from, said after saving; unlike an error it keeps nobody from saving."""

from collections.abc import Iterator

from django.conf import settings

from quizbank import validator
from quizbank.content import of_row
from quizbank.models import Question


def advice(question: Question) -> Iterator[str]:
    """Numbers that nobody computed, missing pitfalls, unknown figures, links that lead nowhere."""
    content = of_row(question)
    yield from (f"Worked answer: {text}." for text in validator.bare_numbers(content))
    yield from (f"Figures: {text}." for text in validator.unknown_figures(content))
    if content.kind != Question.Kind.OPEN and not content.pitfalls:
        yield "Pitfalls: explain the typical mistakes to those who made them."
    others = question.bank.questions.exclude(pk=question.pk)
    found = set(others.filter(slug__in=content.related).values_list("slug", flat=True))
    for slug in (slug for slug in content.related if slug not in found):
        yield f"Related questions: this bank has no other question “{slug}”."
    known = (
        validator.known_exercises(settings.BASE_DIR / "exercises" / "catalogue")
        if content.exercises
        else set()
    )
    for slug in (slug for slug in content.exercises if slug not in known):
        yield f"Exercises: there is no exercise “{slug}”."
