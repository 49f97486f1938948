"""What running the site leaves behind: regrades and the notices they cause, faults, counts for the metrics.

Nothing here decides about a submission: `grader.models.Submission` stays the truth.
"""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone


def percent(score: float | None) -> int:
    return round(100 * (score or 0))


class Regrade(models.Model):
    """Many submissions of one queue judged again: first a dry run, then applied or cancelled.

    A worker holds `lease_until` while it works at one slice. `hint` numbers the messages: only the newest
    one makes a worker begin, so that repeated messages don't multiply.
    """

    class State(models.TextChoices):
        JUDGING = "judging", "Dry run under way"
        JUDGED = "judged", "Waits for your decision"
        APPLYING = "applying", "Being applied"
        APPLIED = "applied", "Applied"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.SlugField(
        max_length=80, blank=True, help_text="Empty for a selection of several exercises"
    )
    queue = models.CharField(max_length=20, default="cpu")
    state = models.CharField(max_length=10, choices=State, default=State.JUDGING)
    gathered = models.BooleanField(default=False, help_text="Its submissions have been listed")
    everything = models.BooleanField(default=False, help_text="Also those judged by the present version")
    message = models.CharField(max_length=500, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="regrades"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    hint = models.PositiveIntegerField(default=0, editable=False)
    send_after = models.DateTimeField(default=timezone.now, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    ACTIVE = (State.JUDGING, State.APPLYING)
    OPEN = (State.JUDGING, State.JUDGED, State.APPLYING)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["state", "send_after"])]

    def __str__(self) -> str:
        return f"{self.exercise or 'a selection'}, {self.get_state_display().lower()}"

    def get_absolute_url(self) -> str:
        return reverse("staff-regrade", args=[self.pk])

    @property
    def tone(self) -> str:
        """Of the badge that shows the state."""
        tones = {self.State.JUDGED: "warn", self.State.APPLIED: "good", self.State.FAILED: "bad"}
        return tones.get(self.State(self.state), "running" if self.is_active else "kind")

    @property
    def is_active(self) -> bool:
        """A worker has something to do for it."""
        return self.state in self.ACTIVE


class RegradedSubmission(models.Model):
    """One submission of a regrade: what its verdict was, and what it would be now."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        JUDGED = "judged", "Judged again"
        FAILED = "failed", "Could not be judged"
        APPLIED = "applied", "Applied"
        OUTDATED = "outdated", "Changed meanwhile"

    regrade = models.ForeignKey(Regrade, on_delete=models.CASCADE, related_name="items")
    submission = models.ForeignKey("grader.Submission", on_delete=models.CASCADE, related_name="regraded_in")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    attempt = models.PositiveSmallIntegerField(default=0, help_text="The submission's, at its judgement")
    verdict_before = models.CharField(max_length=20, blank=True)
    score_before = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=20, blank=True)
    score = models.FloatField(null=True, blank=True)
    version = models.CharField(max_length=64, blank=True, help_text="Of the exercise that judged it again")
    changes = models.BooleanField(default=False, help_text="Its verdict or score is another one")
    report = models.JSONField(null=True, blank=True, help_text="Kept until it is applied")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["regrade", "submission"], name="once_in_a_regrade")]
        indexes = [models.Index(fields=["regrade", "state", "id"])]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.verdict_before} -> {self.verdict or '?'}"

    @property
    def percent_before(self) -> int:
        return percent(self.score_before)

    @property
    def percent(self) -> int:
        return percent(self.score)


class Notice(models.Model):
    """Tells a learner that a verdict of theirs was changed, until they dismiss it; one a submission."""

    submission = models.OneToOneField("grader.Submission", on_delete=models.CASCADE, related_name="notice")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    verdict_before = models.CharField(max_length=20)
    score_before = models.FloatField(null=True, blank=True)
    verdict = models.CharField(max_length=20)
    score = models.FloatField(null=True, blank=True)
    created = models.DateTimeField(default=timezone.now)
    dismissed = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        indexes = [models.Index(fields=["user", "dismissed"])]

    def __str__(self) -> str:
        return f"{self.verdict_before} -> {self.verdict}"

    @property
    def same_verdict(self) -> bool:
        """Only the score is another one."""
        return self.verdict == self.verdict_before

    @property
    def percent_before(self) -> int:
        return percent(self.score_before)

    @property
    def percent(self) -> int:
        return percent(self.score)


class Fault(models.Model):
    """A fault of ours: why a submission could not be judged, or that a worker lost its lease. Pruned."""

    class Kind(models.TextChoices):
        INTERNAL = "internal", "Internal error"
        LEASE = "lease", "Lease ran out"

    at = models.DateTimeField(default=timezone.now, db_index=True)
    kind = models.CharField(max_length=10, choices=Kind)
    submission = models.ForeignKey(
        "grader.Submission", null=True, blank=True, on_delete=models.SET_NULL, related_name="faults"
    )
    exercise = models.CharField(max_length=80, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    text = models.TextField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:80]


class Counter(models.Model):
    """A number that only grows, for rare events of several processes; /metrics shows it."""

    name = models.SlugField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class GradeTally(models.Model):
    """How long submissions of one kind waited and were graded: histograms that only grow.

    `waits` and `grades` count by the upper bounds in `grader.tallies`, the last for what is longer.
    """

    queue = models.CharField(max_length=20)
    exercise = models.SlugField(max_length=80)
    verdict = models.CharField(max_length=20)
    count = models.BigIntegerField(default=0)
    wait_seconds = models.FloatField(default=0)
    grade_seconds = models.FloatField(default=0)
    waits = models.JSONField(default=list)
    grades = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "grade tallies"
        constraints = [
            models.UniqueConstraint(fields=["queue", "exercise", "verdict"], name="one_tally_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.exercise}, {self.verdict}: {self.count}"


class Watermark(models.Model):
    """Up to which time something was done; `grader.tallies` counts what finished after it."""

    name = models.SlugField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} up to {self.at:%Y-%m-%d %H:%M:%S}"
