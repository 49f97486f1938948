"""Submissions and what happens to them; drafts and progress of learners; workers that are alive.

The `Submission` row is the truth; a Celery message is only a permit to grade one submission of a queue.
A queued row is its own outbox entry: the sweeper sees that it waits, so that no lost message loses a
submission. How a submission moves from state to state stands in `grader.lifecycle`, in which order
queued ones are taken in `grader.queues`.
"""

import secrets
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from structlog.contextvars import get_contextvars

from exercises import catalogue
from grader.records import (
    Counter,
    Fault,
    GradeTally,
    Notice,
    Regrade,
    RegradedSubmission,
    Watermark,
)

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "Counter",
    "Draft",
    "Fault",
    "GradeTally",
    "Notice",
    "PastReport",
    "Progress",
    "Regrade",
    "RegradedSubmission",
    "Submission",
    "SubmissionEvent",
    "Watermark",
    "WorkerBeat",
]


def new_seed() -> int:
    """A secret seed that fits every database's 63-bit integers."""
    return secrets.randbits(62)


def current_request_id() -> str:
    """The id of the request under way, which the logs of the worker then tell too; empty outside of one."""
    return str(get_contextvars().get("request_id", ""))


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def unfinished(self) -> "SubmissionQuerySet":
        return self.filter(state__in=[Submission.State.QUEUED, Submission.State.RUNNING])

    def queued(self) -> "SubmissionQuerySet":
        return self.filter(state=Submission.State.QUEUED)

    def lease_ran_out(self, now: datetime) -> "SubmissionQuerySet":
        return self.filter(state=Submission.State.RUNNING, lease_until__lt=now)

    def waiting(self, now: datetime) -> "SubmissionQuerySet":
        """Queued, and not in the pause after a fault of ours."""
        return self.queued().filter(Q(ready_at__isnull=True) | Q(ready_at__lte=now))

    def in_turn(self) -> "SubmissionQuerySet":
        """In the order in which workers take them."""
        return self.order_by("turn", "behind", "created", "pk")

    def of(self, user: "User") -> "SubmissionQuerySet":
        return self.filter(user=user)

    def readable(self, pk: uuid.UUID, user: "User") -> "Submission | None":
        """The submission, if it is there and the user may read it: their own, or any for an instructor."""
        found = self.filter(pk=pk).first()
        may = found is not None and (found.user_id == user.pk or user.is_instructor)
        return found if may else None

    def without_texts(self) -> "SubmissionQuerySet":
        """For lists: neither source nor report is loaded."""
        return self.defer("source", "report")


class Submission(models.Model):
    """A learner's source for one exercise, to be run on the visible cases or judged on all."""

    class Kind(models.TextChoices):
        RUN = "run", "Run"
        SUBMIT = "submit", "Submit"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        WRONG_ANSWER = "wrong_answer", "Wrong answer"
        RUNTIME_ERROR = "runtime_error", "Runtime error"
        TIME_LIMIT = "time_limit", "Time limit"
        MEMORY_LIMIT = "memory_limit", "Memory limit"
        OUTPUT_LIMIT = "output_limit", "Output limit"
        SANDBOX_VIOLATION = "sandbox_violation", "Sandbox violation"
        INVALID_SUBMISSION = "invalid_submission", "Invalid submission"
        INTERNAL_ERROR = "internal_error", "Internal error"

    class Tier(models.TextChoices):
        BRONZE = "bronze", "Bronze"
        SILVER = "silver", "Silver"
        GOLD = "gold", "Gold"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="submissions")
    exercise = models.SlugField(max_length=80)
    exercise_version = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SUBMIT)
    source = models.TextField()
    seed = models.BigIntegerField(default=new_seed, editable=False)
    queue = models.CharField(max_length=20, default="cpu")
    turn = models.BigIntegerField(default=0, editable=False, help_text="Lower ones are taken first")
    behind = models.PositiveIntegerField(
        default=0, editable=False, help_text="How many of the learner's own were unfinished then"
    )
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    ready_at = models.DateTimeField(
        null=True, editable=False, help_text="No worker takes it before; empty: now"
    )
    attempt = models.PositiveSmallIntegerField(default=0, help_text="Raised by each claim")
    lease_until = models.DateTimeField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0, editable=False, help_text="Number of the newest event")
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    score = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True, help_text="Wall time that the learner's code took")
    memory_mb = models.FloatField(null=True, blank=True, help_text="Its peak memory")
    tier = models.CharField(
        max_length=10, choices=Tier, blank=True, help_text="Speed tier of an accepted answer"
    )
    request_id = models.CharField(max_length=64, blank=True, default=current_request_id, editable=False)
    report = models.JSONField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["state", "lease_until"]),
            models.Index(fields=["user", "exercise", "-created"]),
            models.Index(fields=["user", "state"], name="submission_unfinished"),
            models.Index(fields=["queue", "state", "turn", "behind", "created"], name="submission_turn"),
            models.Index(fields=["queue", "finished"], name="submission_pace"),
            models.Index(fields=["finished"]),
        ]

    def __str__(self) -> str:
        return f"{self.exercise} by {self.user} ({self.verdict or self.state})"

    def get_absolute_url(self) -> str:
        return reverse("submission", args=[self.pk])

    @property
    def title(self) -> str:
        """The exercise's title; its slug where the exercise is gone."""
        try:
            return catalogue.load(self.exercise).title
        except catalogue.ExerciseError:
            return self.exercise

    @property
    def is_finished(self) -> bool:
        return self.state == self.State.FINISHED

    @property
    def is_accepted(self) -> bool:
        """Solved: all cases passed, not only the visible ones of a run."""
        return self.kind == self.Kind.SUBMIT and self.verdict == self.Verdict.ACCEPTED

    @property
    def percent(self) -> int:
        return round(100 * (self.score or 0))

    def position(self) -> int:
        """Its place in its queue, from 1; 0 when no longer queued."""
        if self.state != self.State.QUEUED:
            return 0
        queue = Submission.objects.queued().filter(queue=self.queue)
        peers = Q(behind__lt=self.behind) | Q(behind=self.behind, created__lt=self.created)
        return queue.filter(Q(turn__lt=self.turn) | Q(peers, turn=self.turn)).count() + 1

    @property
    def ahead(self) -> int:
        """How many submissions are taken before this one."""
        return max(0, self.position() - 1)


class SubmissionEvent(models.Model):
    """One state change, numbered from 1 within its submission; what a browser follows."""

    class Kind(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        CASE = "case", "Case"
        VERDICT = "verdict", "Verdict"
        FINISHED = "finished", "Finished"
        REGRADED = "regraded", "Graded again"

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    payload = models.JSONField(default=dict)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["submission", "seq"]
        constraints = [models.UniqueConstraint(fields=["submission", "seq"], name="one_event_a_number")]

    def __str__(self) -> str:
        return f"{self.seq}: {self.kind}"


class PastReport(models.Model):
    """A report that a regrade replaced."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="past_reports")
    attempt = models.PositiveSmallIntegerField()
    exercise_version = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=20)
    score = models.FloatField(null=True)
    report = models.JSONField(null=True)
    replaced = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-replaced"]

    def __str__(self) -> str:
        return f"{self.verdict} of attempt {self.attempt}"


class Draft(models.Model):
    """What a learner has typed; `revision` detects that another tab saved in between."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    exercise = models.SlugField(max_length=80)
    source = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "exercise"], name="one_draft_an_exercise")]

    def __str__(self) -> str:
        return f"{self.exercise}, revision {self.revision}"


class Progress(models.Model):
    """What a learner has looked at: the hints taken, and whether they gave up and read the model answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    exercise = models.SlugField(max_length=80)
    hints = models.PositiveSmallIntegerField(default=0)
    gave_up = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "progress"
        constraints = [models.UniqueConstraint(fields=["user", "exercise"], name="one_progress_an_exercise")]

    def __str__(self) -> str:
        return f"{self.user}: {self.exercise}"


class WorkerBeat(models.Model):
    """A worker's sign of life and what its runner said of itself; `/readyz` reads it."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()
    runner = models.JSONField(null=True, help_text="The runner's status; empty while it doesn't answer")
    started = models.DateTimeField(default=timezone.now)
    queues = models.JSONField(default=list, help_text="The queues that it serves")
    version = models.CharField(max_length=64, blank=True, help_text="Of the site's code in the worker")
    runner_starts = models.PositiveIntegerField(default=0, help_text="How often it has started its runner")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
