"""Submissions and what happens to them.

The `Submission` row is the truth; a Celery message is only a hint that there is work. `Outbox` is written in the same
transaction as the submission and tells the sweeper which hints were never sent.
"""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse


def new_seed() -> int:
    """A secret seed that fits every database's 63-bit integers."""
    return secrets.randbits(62)


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

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="submissions")
    exercise = models.SlugField(max_length=80)
    exercise_version = models.CharField(max_length=64, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SUBMIT)
    source = models.TextField()
    seed = models.BigIntegerField(default=new_seed, editable=False)
    queue = models.CharField(max_length=20, default="cpu")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    score = models.FloatField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [
            models.Index(fields=["state", "lease_until"]),
            models.Index(fields=["user", "exercise", "-created"]),
        ]

    def __str__(self) -> str:
        return f"{self.exercise} by {self.user} ({self.verdict or self.state})"

    def get_absolute_url(self) -> str:
        return reverse("submission", args=[self.pk])


class Outbox(models.Model):
    """A hint to the queue that still has to be sent; removed once it was."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE)
    created = models.DateTimeField(auto_now_add=True)


class SubmissionEvent(models.Model):
    """One state change, numbered from 1 within its submission; what a browser follows."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["submission", "seq"]
        constraints = [models.UniqueConstraint(fields=["submission", "seq"], name="one_event_a_number")]


class PastReport(models.Model):
    """A report that a regrade replaced."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="past_reports")
    attempt = models.PositiveSmallIntegerField()
    exercise_version = models.CharField(max_length=64, blank=True)
    verdict = models.CharField(max_length=20)
    score = models.FloatField(null=True)
    report = models.JSONField(null=True)
    replaced = models.DateTimeField(auto_now_add=True)


class Draft(models.Model):
    """What a learner has typed; `revision` detects that another tab saved in between."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    exercise = models.SlugField(max_length=80)
    source = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    updated = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "exercise"], name="one_draft_an_exercise")]


class Reveal(models.Model):
    """A learner gave up on an exercise and may read its model answer."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    exercise = models.SlugField(max_length=80)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "exercise"], name="one_reveal_an_exercise")]
