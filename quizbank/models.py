"""Banks, topics and questions; a learner's runs and answers.

The Markdown file format (docs/question-format.md) and these rows carry the same content. Everything that
depends on the kind of a question stands in `Question.spec`, a JSON object that `quizbank.kinds` validates,
so that one row is one version of a question (simple-history) and import, export and revert need no second
table.
"""

import hashlib
import json
import secrets
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from quizbank import instances
from quizbank.instances import Instance
from quizbank.kinds import Result


class Bank(models.Model):
    """A set of questions with one owner team: the unit of import and export."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Topic(models.Model):
    """A subject such as pooling, shared by all banks."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    order = models.PositiveIntegerField(default=100)
    intro = models.TextField(blank=True, help_text="Markdown")
    prerequisites = models.ManyToManyField("self", symmetrical=False, blank=True)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])


class QuestionQuerySet(models.QuerySet["Question"]):
    def published(self) -> "QuestionQuerySet":
        return self.filter(status=Question.Status.PUBLISHED)


class Question(models.Model):
    """One question of one of nine kinds; numeric, shape and choice questions may be variant templates."""

    class Kind(models.TextChoices):
        SINGLE_CHOICE = "single-choice", "Single choice"
        MULTIPLE_CHOICE = "multiple-choice", "Multiple choice"
        TRUE_FALSE = "true-false", "True or false"
        NUMERIC = "numeric", "Number"
        SHAPE = "shape", "Shape"
        SHORT_TEXT = "short-text", "Short text"
        ORDERING = "ordering", "Ordering"
        MATCHING = "matching", "Matching"
        OPEN = "open", "Open (self-graded)"

    class Level(models.TextChoices):
        JUNIOR = "junior", "Junior"
        MID = "mid", "Mid"
        SENIOR = "senior", "Senior"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="questions")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="questions")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind)
    level = models.CharField(max_length=10, choices=Level)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    tags = models.JSONField(default=list, blank=True)
    seconds = models.PositiveIntegerField(default=60, help_text="Expected time to answer")
    prompt = models.TextField(help_text="Markdown with LaTeX between dollar signs")
    hints = models.JSONField(
        default=list, help_text="One to three Markdown texts, from a nudge to nearly the answer"
    )
    worked_answer = models.TextField(help_text="Markdown")
    pitfalls = models.TextField(blank=True, help_text="Markdown")
    spec = models.JSONField(
        default=dict, help_text="What the kind needs: answer, options, rubric, variant, ..."
    )
    references = models.JSONField(default=list, blank=True)
    related = models.JSONField(default=list, blank=True, help_text="Slugs of related questions")
    exercises = models.JSONField(default=list, blank=True, help_text="Slugs of related exercises")
    covers = models.JSONField(default=list, blank=True)
    given = models.JSONField(default=list, blank=True)
    file_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Of the file that the question was last loaded from",
    )
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)
    history = HistoricalRecords(excluded_fields=["created", "updated", "file_digest"])

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["topic__order", "slug"]
        indexes = [models.Index(fields=["status", "topic", "level"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("question", args=[self.slug])

    @property
    def is_variant(self) -> bool:
        return "variant" in self.spec

    @property
    def version(self) -> str:
        """Changes whenever an answer given before could mean or count something else."""
        text = json.dumps([self.kind, self.spec], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


class QuestionSet(models.Model):
    """A ready-made set of a bank's questions, to be practised as a whole; `quizbank.sets` resolves it."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    bank = models.ForeignKey(Bank, on_delete=models.CASCADE, related_name="sets")
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    description = models.TextField(blank=True, help_text="Markdown")
    order = models.PositiveIntegerField(default=100)
    minutes = models.PositiveIntegerField(default=0, help_text="0: the sum of its questions’ times")
    level = models.CharField(max_length=10, choices=Question.Level, blank=True)
    audience = models.CharField(max_length=200, blank=True, help_text="Who it is for, in a few words")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    sections = models.JSONField(default=list, help_text="quizbank.set_content describes them")
    file_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["order", "title"]
        verbose_name = "set"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("set", args=[self.slug])


def new_seed() -> int:
    """A seed that fits every database's 63-bit integers."""
    return secrets.randbits(62)


class PracticeRun(models.Model):
    """A run over a fixed list of questions. A visitor's run belongs to a session, not to a user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    topics = models.JSONField(default=list, blank=True)
    level = models.CharField(max_length=10, blank=True)
    question_set = models.ForeignKey(
        QuestionSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="runs"
    )
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["user", "finished"])]

    def __str__(self) -> str:
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("practice-run", args=[self.pk])

    def current(self) -> "Attempt | None":
        """The next question to answer; questions that were withdrawn meanwhile are passed over."""
        waiting = self.attempts.filter(answered__isnull=True, question__status=Question.Status.PUBLISHED)
        return waiting.select_related("question__topic").order_by("position").first()

    def finish(self) -> None:
        PracticeRun.objects.filter(pk=self.pk, finished__isnull=True).update(finished=timezone.now())


class Attempt(models.Model):
    """One question put to one learner: the instance (seed), the hints taken and, once given, the answer.

    A row exists before it is answered, so that hints, the shuffled order and a variant's numbers survive a
    reload.
    """

    run = models.ForeignKey(
        PracticeRun, null=True, blank=True, on_delete=models.CASCADE, related_name="attempts"
    )
    position = models.PositiveIntegerField(default=0)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="attempts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    seed = models.BigIntegerField(default=new_seed)
    hints_used = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True, blank=True)
    correct = models.BooleanField(null=True, blank=True)
    score = models.FloatField(null=True, blank=True, help_text="0 to 1; open questions by their rubric")
    created = models.DateTimeField(auto_now_add=True)
    answered = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["run", "position", "-created"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"],
                name="one_attempt_a_position",
                condition=models.Q(run__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["question", "seed", "user"],
                name="one_trial_an_instance_user",
                condition=models.Q(run__isnull=True, user__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["question", "seed", "session_key"],
                name="one_trial_an_instance_visitor",
                condition=models.Q(run__isnull=True, user__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["user", "answered"])]

    def __str__(self) -> str:
        return f"{self.question_id} ({self.outcome or 'open'})"

    def get_absolute_url(self) -> str:
        return reverse("attempt", args=[self.pk])

    @cached_property
    def instance(self) -> Instance:
        """The question with this attempt's numbers and order; raises InstanceError for a broken template."""
        return instances.build(self.question, self.seed)

    @property
    def is_answered(self) -> bool:
        return self.answered is not None

    @property
    def is_revealed(self) -> bool:
        """Whether an open question's model answer has been shown."""
        return self.is_answered or bool(self.answer and self.answer.get("revealed"))

    @property
    def is_current_version(self) -> bool:
        """Whether the question still is what was answered."""
        return (self.answer or {}).get("version") == self.question.version

    @property
    def outcome(self) -> str:
        """right, partly or wrong; empty while unanswered."""
        if not self.is_answered:
            return ""
        return "right" if self.correct else "partly" if self.score else "wrong"

    @property
    def verdict(self) -> str:
        """The outcome in words, with what it took."""
        if not self.is_answered:
            return "Not answered"
        percent = round(100 * (self.score or 0))
        if self.question.kind == Question.Kind.OPEN:
            words = f"Self-graded {percent} %"
        else:
            words = {"right": "Right", "partly": f"Partly right ({percent} %)", "wrong": "Wrong"}[
                self.outcome
            ]
        if not self.hints_used:
            return words
        joint = ", after" if self.outcome == "wrong" else " with"
        return f"{words}{joint} {self.hints_used} hint{'' if self.hints_used == 1 else 's'}"

    @cached_property
    def result(self) -> Result | None:
        """The judgement with its explanations, where the question is still the one that was answered."""
        if not self.is_answered or not self.is_current_version:
            return None
        return self.instance.grade((self.answer or {})["value"])

    def take_hint(self) -> None:
        """Open one more hint; a double click opens one only, and none opens after the answer."""
        if self.hints_used < len(self.question.hints):
            waiting = Attempt.objects.filter(pk=self.pk, answered__isnull=True, hints_used=self.hints_used)
            waiting.update(hints_used=self.hints_used + 1)

    def reveal(self, raw: Any) -> None:
        """Keep the text of an open answer and show the model answer; raises FormatProblem."""
        answer = self._understood(raw)
        waiting = Attempt.objects.filter(pk=self.pk, answered__isnull=True)
        waiting.update(answer={**answer, "revealed": True})

    def submit(self, raw: Any) -> bool:
        """Judge and store an answer; raises FormatProblem, False where the attempt was answered before."""
        answer = self._understood(self._with_kept_text(raw))
        result = self.instance.grade(answer["value"])
        fields = {
            "answer": answer,
            "correct": result.correct,
            "score": result.score,
            "answered": timezone.now(),
        }
        stored = Attempt.objects.filter(pk=self.pk, answered__isnull=True).update(**fields) == 1
        self.refresh_from_db(fields=[*fields, "hints_used"])
        return stored

    def _understood(self, raw: Any) -> dict[str, Any]:
        value = self.instance.parse(raw)
        return {"value": value, "shown": self.instance.shown(value), "version": self.question.version}

    def _with_kept_text(self, raw: Any) -> Any:
        """The text of an open answer was written before the model answer was seen, and stays as it was."""
        if (
            self.question.kind == Question.Kind.OPEN
            and self.is_revealed
            and isinstance(raw, dict)
            and self.answer
        ):
            return {**raw, "text": self.answer["value"]["text"]}
        return raw
