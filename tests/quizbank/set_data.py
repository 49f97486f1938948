"""A bank with two ready-made sets, and what tests ask of sets."""

import pytest

from quizbank import bank_files, loading, owners, sets
from quizbank.models import Attempt, Bank, QuestionSet
from quizbank.problems import BankErrors
from tests.quizbank.samples import KIND_FIELDS, content, files, variant

PLAIN = b"""title: A short one
minutes: 15
level: junior
audience: Beginners
description: Two questions.
order: 5
questions:
  - a-shape-question
  - a-open-question
"""
SECTIONED = b"""title: In parts
order: 7
sections:
  - title: Sizes
    covers: [sizes, shares]
    each: 1
  - title: Drawn
    pick: {kinds: [single-choice, multiple-choice, true-false], levels: [junior], count: 2}
  - title: Again
    questions: [a-numeric-question, a-shape-question]
"""


def bank(**changed: bytes) -> dict[str, bytes]:
    """A bank of every kind with two sets; a keyword adds or replaces a set's file."""
    given = files(
        *(content(kind) for kind in KIND_FIELDS if kind not in ("shape", "numeric")),
        content("shape", covers=["sizes"]),
        content("numeric", covers=["sizes", "shares"]),
        variant(covers=["sizes"]),
    )
    parts = {"plain": PLAIN, "parts": SECTIONED, **changed}
    return given | {f"mini/sets/{slug.replace('_', '-')}.yaml": data for slug, data in parts.items()}


def errors(**changed: bytes) -> list[str]:
    with pytest.raises(BankErrors) as caught:
        loading.difference(bank_files.read_bank(bank(**changed)))
    return [str(error) for error in caught.value]


@pytest.fixture
def loaded(db) -> Bank:
    loading.apply(bank_files.read_bank(bank()))
    return Bank.objects.get()


def one(slug: str, owner: owners.Owner | None = None) -> sets.ResolvedSet:
    return sets.resolved(QuestionSet.objects.get(slug=slug), owner or owners.Owner())


def slugs(questions) -> list[str]:
    return [question.slug for question in questions]


def answer(attempt: Attempt, *, right: bool = True) -> None:
    instance = attempt.instance
    raw = instance.kind.right(instance.spec, instance.seed)
    if not right:
        raw = "7 x 7" if attempt.question.kind == "shape" else "1"
    attempt.submit(raw)
