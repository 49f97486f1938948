"""What the API tells of exercises and submissions, and what it takes."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from exercises import catalogue
from grader import capabilities, intake, shelf
from grader.models import PastReport, Submission, SubmissionEvent
from grader.workspace import Workspace


class SourceField(serializers.CharField):
    """Source code, as it will be stored; what can't be is refused with the line that holds it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, **options)
        self.validators = []  # those of CharField name no line

    def to_internal_value(self, data: Any) -> str:
        try:
            return intake.clean_source(super().to_internal_value(data))
        except intake.SourceRefused as refused:
            raise serializers.ValidationError(str(refused)) from None


class TierField(serializers.ChoiceField):
    """The best speed tier that you have reached; empty for none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=Submission.Tier.choices, allow_blank=True, **options)


class SpeedSerializer(serializers.Serializer[Any]):
    """The largest ratio of times, answer to baseline, of each speed tier."""

    bronze = serializers.FloatField()
    silver = serializers.FloatField()
    gold = serializers.FloatField()


class LimitsSerializer(serializers.Serializer[Any]):
    seconds = serializers.FloatField()
    memory_mb = serializers.IntegerField()


class SummarySerializer(serializers.Serializer[Any]):
    """What a list and the page of an exercise both tell."""

    slug = serializers.CharField(source="exercise.slug")
    title = serializers.CharField(source="exercise.title")
    summary = serializers.CharField(source="exercise.summary")
    topic = serializers.CharField(source="exercise.topic")
    level = serializers.CharField(source="exercise.level")
    tags = serializers.ListField(source="exercise.tags", child=serializers.CharField())
    minutes = serializers.IntegerField(source="exercise.minutes")
    points = serializers.IntegerField(source="exercise.points")
    profile = serializers.CharField(source="exercise.profile")


class EntrySerializer(SummarySerializer):
    """An exercise in a list."""

    state = serializers.ChoiceField(choices=shelf.STATES)
    tier = TierField()


class SolutionSerializer(serializers.Serializer[Any]):
    framework = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class ExerciseSerializer(SummarySerializer):
    """One exercise, never with its checks; with model answers only after solving it or giving up."""

    devices = serializers.ListField(source="exercise.devices", child=serializers.CharField())
    frameworks = serializers.ListField(source="exercise.frameworks", child=serializers.CharField())
    entry_points = serializers.ListField(source="exercise.entry_points", child=serializers.CharField())
    limits = LimitsSerializer(source="exercise.limits")
    statement = serializers.CharField(source="exercise.statement")
    starter = serializers.CharField(source="exercise.starter")
    solved = serializers.BooleanField()
    tier = TierField()
    speed = SpeedSerializer(
        source="exercise.speed", allow_null=True, help_text="Null where speed is not measured"
    )
    unavailable = serializers.CharField(
        source="missing", help_text="Why it can't be graded here; empty when it can"
    )
    hints = serializers.SerializerMethodField(help_text="The hints taken so far")
    hints_left = serializers.IntegerField()
    solutions = serializers.SerializerMethodField(help_text="Null before solving or giving up")
    editorial = serializers.SerializerMethodField(help_text="Null before solving or giving up")

    def get_hints(self, space: Workspace) -> list[str]:
        return [hint.text for hint in space.hints]

    def get_solutions(self, space: Workspace) -> list[dict[str, str]] | None:
        if not space.may_read_solution:
            return None
        return [dict(SolutionSerializer(solution).data) for solution in space.exercise.solutions]

    def get_editorial(self, space: Workspace) -> str | None:
        return space.exercise.editorial if space.may_read_solution else None


class SubmissionSerializer(serializers.ModelSerializer[Submission]):
    """A submission in a list."""

    class Meta:
        model = Submission
        fields: tuple[str, ...] = (
            "id", "exercise", "kind", "state", "verdict", "score", "tier", "seconds", "memory_mb", "attempt",
            "created", "started", "finished",
        )  # fmt: skip
        read_only_fields = fields


class PastReportSerializer(serializers.ModelSerializer[PastReport]):
    """A verdict that a regrade has replaced."""

    class Meta:
        model = PastReport
        fields = ("verdict", "score", "replaced", "report")
        read_only_fields = fields


class SubmissionDetailSerializer(SubmissionSerializer):
    """A submission with source and report. The seed of the hidden cases stays secret."""

    position = serializers.IntegerField(read_only=True, help_text="Place in the queue, 0 when not queued")
    ahead = serializers.IntegerField(read_only=True, help_text="How many are taken before it")
    past_reports = PastReportSerializer(many=True, read_only=True, help_text="What regrades have replaced")

    class Meta(SubmissionSerializer.Meta):
        fields: tuple[str, ...] = (
            *SubmissionSerializer.Meta.fields, "position", "ahead", "source", "report", "past_reports",
        )  # fmt: skip
        read_only_fields = fields


class NewSubmissionSerializer(serializers.Serializer[Any]):
    """What to send to have code graded."""

    exercise = serializers.CharField(max_length=80, help_text="The exercise's slug")
    source = SourceField(  # type: ignore[assignment]
        help_text=f"At most {settings.SOURCE_MAX_BYTES:,} bytes of UTF-8"
    )
    kind = serializers.ChoiceField(choices=Submission.Kind.choices, default=Submission.Kind.SUBMIT)

    def validate_exercise(self, slug: str) -> str:
        if slug not in catalogue.slugs():
            raise serializers.ValidationError(f"There is no exercise {slug!r}.")
        missing = capabilities.missing_for(catalogue.load(slug))
        if missing:
            raise serializers.ValidationError(missing)
        return slug


class EventSerializer(serializers.ModelSerializer[SubmissionEvent]):
    class Meta:
        model = SubmissionEvent
        fields = ("seq", "kind", "payload", "created")
        read_only_fields = fields


class DraftSerializer(serializers.Serializer[Any]):
    """A draft; send back the revision that you read, 0 for none."""

    source = SourceField()  # type: ignore[assignment]
    revision = serializers.IntegerField(min_value=0, max_value=2**31 - 2)


class RevisionSerializer(serializers.Serializer[Any]):
    revision = serializers.IntegerField()


class ErrorSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()
