"""Ready-made sets: which questions a set holds today, how far an owner is with it, and a run over it.

`quizbank.set_content` describes what a set says. Here that meets the published questions of its bank: a
question that was withdrawn drops out, one that is added joins the rules that it fits.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from quizbank import practice
from quizbank.models import PracticeRun, Question, QuestionSet
from quizbank.owners import Owner
from quizbank.practice import MAX_VISITOR_ROWS
from quizbank.set_content import LEVELS, Section, fits

MAX_RUN = MAX_VISITOR_ROWS  # questions of one run, so that a visitor can keep it as well
LENGTHS = (10, 20)
TEXTS = ("prompt", "hints", "worked_answer", "pitfalls", "spec", "references", "related", "given")


@dataclass(frozen=True)
class ResolvedSection:
    """A section with its questions; `count` of them are asked, all where that is 0."""

    title: str
    questions: Sequence[Question]
    count: int = 0
    extra: bool = False

    @property
    def asked(self) -> int:
        return min(self.count or len(self.questions), len(self.questions))

    @property
    def is_drawn(self) -> bool:
        """Whether a run asks some of the questions only."""
        return self.asked < len(self.questions)


@dataclass(frozen=True)
class ResolvedSet:
    """A set with today's questions and the owner's progress on them."""

    row: QuestionSet
    sections: Sequence[ResolvedSection]
    states: Mapping[int, str]

    @cached_property
    def questions(self) -> list[Question]:
        """Every question of the set itself once, in the order of its first section."""
        return list({question.pk: question for s in self.own for question in s.questions}.values())

    @property
    def own(self) -> list[ResolvedSection]:
        """The sections that a run over the whole set asks."""
        return [section for section in self.sections if not section.extra]

    @cached_property
    def size(self) -> int:
        """How many questions a run over everything asks."""
        return min(sum(section.asked for section in self.own), len(self.questions))

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def solved(self) -> int:
        return sum(self.states.get(question.pk) == "solved" for question in self.questions)

    @property
    def tried(self) -> int:
        return sum(question.pk in self.states for question in self.questions)

    @property
    def goal(self) -> int:
        """How many solved questions make the set done: a rule that draws some asks for that many."""
        return self.size

    @property
    def reached(self) -> int:
        return min(self.solved, self.goal)

    @property
    def is_done(self) -> bool:
        return 0 < self.goal <= self.solved

    @cached_property
    def minutes(self) -> int:
        """As the set says, else the sum of its questions' times."""
        if self.row.minutes or not self.questions:
            return self.row.minutes
        mean = sum(question.seconds for question in self.questions) / len(self.questions)
        return max(1, round(mean * self.size / 60))

    @property
    def lengths(self) -> list[int]:
        """Shorter runs to choose from, and the whole set last."""
        return [*(length for length in LENGTHS if length < self.size), min(self.size, MAX_RUN)]


def listed(owner: Owner) -> list[ResolvedSet]:
    """All published sets that have questions, in their order."""
    rows = list(QuestionSet.objects.filter(status=QuestionSet.Status.PUBLISHED).order_by("order", "title"))
    catalogue = _catalogue({row.bank_id for row in rows})
    found = [(row, _sections(row, catalogue.get(row.bank_id, []))) for row in rows]
    states = practice.states(owner, [q for _, sections in found for s in sections for q in s.questions])
    resolved = [ResolvedSet(row, sections, states) for row, sections in found]
    return [one for one in resolved if one.size]


def resolved(row: QuestionSet, owner: Owner) -> ResolvedSet:
    sections = _sections(row, _catalogue({row.bank_id}).get(row.bank_id, []))
    states = practice.states(owner, [q for section in sections for q in section.questions])
    return ResolvedSet(row, sections, states)


def titles(row: QuestionSet) -> dict[int, str]:
    """The title of the first section that each question of a set stands in."""
    found: dict[int, str] = {}
    for section in _sections(row, _catalogue({row.bank_id}).get(row.bank_id, [])):
        for question in section.questions:
            found.setdefault(question.pk, section.title)
    return found


def start(
    one: ResolvedSet, owner: Owner, section: int | None = None, length: int = 0, unsolved: bool = False
) -> PracticeRun:
    """A run over a set or one of its sections (counted from 0), in the set's order; raises NoQuestions.

    `unsolved` leaves out what was answered right before, unless that is everything.
    """
    sections = one.own if section is None else one.sections[section : section + 1]
    answered = practice.past(owner)
    asked = {q.pk: q for each in sections for q in _drawn(each, answered)}.values()
    left = [question for question in asked if answered.get(question.pk, (0,))[0] != practice.SOLVED]
    questions = left if unsolved and left else list(asked)
    return practice.start_set(owner, one.row, questions[: min(length or MAX_RUN, MAX_RUN)])


def _drawn(section: ResolvedSection, answered: Mapping[int, tuple[int, float]]) -> list[Question]:
    """The questions of a section to ask now: of a rule new ones first, then missed ones, then old ones."""
    if not section.is_drawn:
        return list(section.questions)
    shuffled = random.sample(list(section.questions), len(section.questions))
    shuffled.sort(key=lambda question: answered.get(question.pk, (0, 0.0)))
    chosen = {question.pk for question in shuffled[: section.count]}
    return [question for question in section.questions if question.pk in chosen]


# Resolving


def _catalogue(banks: Iterable[int]) -> dict[int, list[Question]]:
    """Published questions by bank, without their texts, with `varies`; easy ones first."""
    rows = Question.objects.published().filter(bank__in=banks).select_related("topic").defer(*TEXTS)
    varies = ExpressionWrapper(Q(spec__has_key="variant"), output_field=BooleanField())
    found: dict[int, list[Question]] = {}
    for row in rows.annotate(varies=varies):
        found.setdefault(row.bank_id, []).append(row)
    for questions in found.values():
        questions.sort(key=lambda q: (LEVELS.index(q.level), q.topic.order, q.slug))
    return found


def _sections(row: QuestionSet, catalogue: Sequence[Question]) -> list[ResolvedSection]:
    resolved = []
    for section in row.sections:
        if "pick" in section:
            rule = section["pick"]
            questions = [question for question in catalogue if _fits(question, rule)]
            count = rule["count"]
        else:
            questions, count = _named(section, catalogue), 0
        resolved.append(ResolvedSection(section["title"], questions, count, section.get("extra", False)))
    return resolved


def _named(section: Section, catalogue: Sequence[Question]) -> list[Question]:
    if "questions" in section:
        by_slug = {question.slug: question for question in catalogue}
        return [by_slug[slug] for slug in section["questions"] if slug in by_slug]
    found: dict[int, Question] = {}
    for entry in section["covers"]:
        claiming = sorted((q for q in catalogue if entry in q.covers), key=lambda q: _closeness(q, entry))
        found |= {question.pk: question for question in claiming[: section["each"] or None]}
    return list(found.values())


def _closeness(question: Question, entry: str) -> tuple[Any, ...]:
    """A question of the entry's own name first, then those that are about fewer entries."""
    return (question.slug != entry, question.covers.index(entry), len(question.covers), question.slug)


def _fits(question: Question, rule: Mapping[str, Any]) -> bool:
    return fits(question, question.topic.slug, question.varies, rule)  # type: ignore[attr-defined]
