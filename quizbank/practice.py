"""Practising: runs, single questions, progress. Views and API are thin layers over this."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Case, Count, F, IntegerField, Max, Q, QuerySet, Value, When

from quizbank.models import Attempt, PracticeRun, Question, QuestionSet, Topic, new_seed
from quizbank.owners import Owner

LENGTHS = (5, 10, 20)
MAX_VISITOR_ROWS = 200  # attempts that are kept of a visitor without an account
SOLVED = 2  # the state of a question that was answered right at least once
TOKEN_SALT = "quizbank.try"  # noqa: S105 (a name, no secret)
TOKEN_AGE = 24 * 3600


class NoQuestions(Exception):
    """No published question fits the choice."""


@dataclass(frozen=True)
class TopicProgress:
    """How far an owner is with a topic."""

    topic: Topic
    total: int
    solved: int
    tried: int

    @property
    def is_done(self) -> bool:
        return self.total > 0 and self.solved == self.total


# Single questions


def new_token(question: Question) -> tuple[str, int]:
    """A signed instance of a question that is not stored yet, and its seed."""
    seed = new_seed()
    return signing.dumps([question.pk, seed], salt=TOKEN_SALT, compress=False), seed


def token_seed(token: str, question: Question) -> int | None:
    """The seed in a token, None where it is forged, too old or another question's."""
    try:
        pk, seed = signing.loads(token, salt=TOKEN_SALT, max_age=TOKEN_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return seed if pk == question.pk else None


def attempt_of(question: Question, seed: int, owner: Owner) -> Attempt:
    """The attempt at this instance, made at its first use; sending a form twice gives the same one."""
    same = Attempt.objects.filter(owner.filter, question=question, seed=seed, run__isnull=True)
    if found := same.first():
        return found
    make_room(owner)
    try:
        with transaction.atomic():
            return Attempt.objects.create(question=question, seed=seed, **owner.fields)
    except IntegrityError:  # the other of two simultaneous requests made it
        return same.get()


def find_attempt(pk: int, owner: Owner) -> Attempt | None:
    """One's own attempt with everything that its page shows."""
    if owner.is_nobody:
        return None
    rows = Attempt.objects.filter(owner.filter, pk=pk)
    return rows.select_related("question__topic", "question__bank", "run__question_set").first()


# Runs


def start_run(owner: Owner, topics: Sequence[str], level: str, length: int) -> PracticeRun:
    """A run over questions of these topics and this level (all where empty), those not yet solved first."""
    questions = choose(owner, topics, level, length)
    if not questions:
        raise NoQuestions
    return _store_run(owner, questions, list(topics), level)


def start_set(owner: Owner, question_set: QuestionSet, questions: Sequence[Question]) -> PracticeRun:
    """A run over these questions of a ready-made set, in this order."""
    if not questions:
        raise NoQuestions
    return _store_run(owner, questions, [], question_set.level, question_set)


def repeat_missed(run: PracticeRun, owner: Owner) -> PracticeRun:
    """A run over what was not answered right in an earlier one."""
    missed = run.attempts.exclude(correct=True).filter(question__status=Question.Status.PUBLISHED)
    questions = [attempt.question for attempt in missed.select_related("question").order_by("position")]
    if not questions:
        raise NoQuestions
    return _store_run(owner, questions, run.topics, run.level, run.question_set)


def choose(owner: Owner, topics: Sequence[str], level: str, length: int) -> list[Question]:
    """Questions for a run: new ones, then missed ones, then those solved longest ago; chance within each."""
    questions = Question.objects.published()
    if topics:
        questions = questions.filter(topic__slug__in=topics)
    if level:
        questions = questions.filter(level=level)
    ids = list(questions.order_by().values_list("pk", flat=True))
    answered = past(owner)
    random.shuffle(ids)
    ids.sort(key=lambda pk: answered.get(pk, (0, 0.0)))
    chosen = ids[:length]
    random.shuffle(chosen)
    rows = Question.objects.in_bulk(chosen)
    return [rows[pk] for pk in chosen if pk in rows]


def past(owner: Owner) -> dict[int, tuple[int, float]]:
    """For each answered question: 1 if never right, else SOLVED, and when it was last answered."""
    if owner.is_nobody:
        return {}
    right = Case(When(correct=True, then=Value(SOLVED)), default=Value(1), output_field=IntegerField())
    rows = Attempt.objects.filter(owner.filter, answered__isnull=False).order_by().values("question")
    rows = rows.annotate(state=Max(right), last=Max("answered"))
    return {row["question"]: (row["state"], row["last"].timestamp()) for row in rows}


@transaction.atomic
def _store_run(
    owner: Owner,
    questions: Sequence[Question],
    topics: list[str],
    level: str,
    question_set: QuestionSet | None = None,
) -> PracticeRun:
    make_room(owner, len(questions))
    run = PracticeRun.objects.create(topics=topics, level=level, question_set=question_set, **owner.fields)
    Attempt.objects.bulk_create(
        Attempt(run=run, position=position, question=question, **owner.fields)
        for position, question in enumerate(questions, 1)
    )
    return run


def find_run(pk: int, owner: Owner) -> PracticeRun | None:
    if owner.is_nobody:
        return None
    return PracticeRun.objects.filter(owner.filter, pk=pk).select_related("question_set").first()


def unfinished_run(owner: Owner, question_set: QuestionSet | None = None) -> PracticeRun | None:
    """The run to go on with, with `done` and `total`; of a set where one is given."""
    if owner.is_nobody:
        return None
    runs = PracticeRun.objects.filter(owner.filter, finished__isnull=True).select_related("question_set")
    if question_set is not None:
        runs = runs.filter(question_set=question_set)
    runs = runs.annotate(
        total=Count("attempts"), done=Count("attempts", filter=Q(attempts__answered__isnull=False))
    )
    return runs.filter(done__lt=F("total")).first()


def skip(attempt: Attempt) -> None:
    """Put an unanswered question at the end of its run."""
    if attempt.run is None or attempt.is_answered:
        return
    last = attempt.run.attempts.aggregate(last=Max("position"))["last"]
    if attempt.position < last:
        Attempt.objects.filter(pk=attempt.pk, answered__isnull=True).update(position=last + 1)


def make_room(owner: Owner, count: int = 1) -> None:
    """A visitor keeps a bounded number of attempts: before `count` new ones are made the oldest go."""
    if owner.user_id is not None:
        return
    mine = Attempt.objects.filter(owner.filter).order_by("-created")
    surplus = list(mine.values_list("pk", flat=True)[max(0, MAX_VISITOR_ROWS - max(count, *LENGTHS)) :])
    if surplus:
        Attempt.objects.filter(pk__in=surplus).delete()
        PracticeRun.objects.filter(owner.filter, attempts__isnull=True).delete()


# Progress


def progress(owner: Owner) -> list[TopicProgress]:
    """All topics that have published questions, in their order."""
    published = Q(questions__status=Question.Status.PUBLISHED)
    topics = Topic.objects.annotate(total=Count("questions", filter=published)).filter(total__gt=0)
    topics = topics.order_by("order", "title")  # an aggregation drops the model's own order
    counts = _counts(owner)
    return [TopicProgress(topic, topic.total, *counts.get(topic.pk, (0, 0))) for topic in topics]


def _counts(owner: Owner) -> dict[int, tuple[int, int]]:
    """(solved, tried) by topic, of published questions."""
    if owner.is_nobody:
        return {}
    mine = Attempt.objects.filter(
        owner.filter, answered__isnull=False, question__status=Question.Status.PUBLISHED
    ).order_by()
    rows = mine.values("question__topic").annotate(
        solved=Count("question", distinct=True, filter=Q(correct=True)),
        tried=Count("question", distinct=True),
    )
    return {row["question__topic"]: (row["solved"], row["tried"]) for row in rows}


def states(owner: Owner, questions: Iterable[Question]) -> dict[int, str]:
    """For each question that was answered: "solved" or "missed"."""
    if owner.is_nobody:
        return {}
    rows = Attempt.objects.filter(owner.filter, question__in=questions, answered__isnull=False).order_by()
    counts = rows.values("question").annotate(right=Count("pk", filter=Q(correct=True)))
    return {row["question"]: "solved" if row["right"] else "missed" for row in counts}


def history(owner: Owner, *, missed_only: bool = False) -> QuerySet[Attempt]:
    """Answered attempts, the newest first."""
    if owner.is_nobody:
        return Attempt.objects.none()
    rows = Attempt.objects.filter(owner.filter, answered__isnull=False).select_related("question__topic")
    if missed_only:
        rows = rows.filter(correct=False)
    return rows.order_by("-answered", "-pk")
