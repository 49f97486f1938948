"""What the API shows of topics, questions and attempts; answers only where the attempt is answered."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from quizbank.instances import Instance, example
from quizbank.models import Attempt, Question, Topic
from quizbank.practice import TopicProgress
from quizbank.sets import ResolvedSet


class TopicSerializer(serializers.ModelSerializer[Topic]):
    prerequisites: Any = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)

    class Meta:
        model = Topic
        fields = ["slug", "title", "order", "intro", "prerequisites"]


class TopicProgressSerializer(serializers.Serializer[TopicProgress]):
    """A topic: its published questions, and how many of them you have answered and solved."""

    slug = serializers.SlugField(source="topic.slug")
    title = serializers.CharField(source="topic.title")
    order = serializers.IntegerField(source="topic.order")
    questions = serializers.IntegerField(source="total")
    solved = serializers.IntegerField()
    tried = serializers.IntegerField()


class QuestionSerializer(serializers.ModelSerializer[Question]):
    topic: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    bank: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    is_variant = serializers.BooleanField(read_only=True)
    hints = serializers.SerializerMethodField(help_text="How many hints there are.")

    class Meta:
        model = Question
        fields = ["slug", "title", "kind", "level", "topic", "bank", "tags", "seconds", "is_variant", "hints"]

    def get_hints(self, question: Question) -> int:
        return len(question.hints)


class InstanceFields(serializers.Serializer[Any]):
    """What is asked. All texts are Markdown."""

    prompt = serializers.CharField(read_only=True)
    instruction = serializers.CharField(read_only=True, help_text="How to answer.")
    presented = serializers.DictField(
        read_only=True,
        help_text="Options, items, rows and entries by number; unit and tolerance of a number.",
    )


class QuestionDetailSerializer(QuestionSerializer):
    """A question with an example instance; make an attempt to answer one."""

    example = serializers.SerializerMethodField()

    class Meta(QuestionSerializer.Meta):
        fields = [*QuestionSerializer.Meta.fields, "example"]

    @extend_schema_field(InstanceFields)
    def get_example(self, question: Question) -> dict[str, Any]:
        return asked(example(question))


def asked(instance: Instance) -> dict[str, Any]:
    return {
        "prompt": instance.prompt,
        "instruction": instance.kind.instruction,
        "presented": instance.presented,
    }


class ExplanationSerializer(serializers.Serializer[Any]):
    about = serializers.CharField(read_only=True)
    good = serializers.BooleanField(read_only=True)
    text = serializers.CharField(read_only=True)


class SolutionSerializer(serializers.Serializer[Any]):
    """What is shown after answering (of an open question, after revealing)."""

    right_answer = serializers.CharField(read_only=True)
    worked_answer = serializers.CharField(read_only=True)
    pitfalls = serializers.CharField(read_only=True)
    explanations = ExplanationSerializer(many=True, read_only=True)
    rubric = serializers.ListField(
        child=serializers.DictField(),
        read_only=True,
        help_text="Of an open question: the points by number.",
    )


class AttemptBriefSerializer(serializers.ModelSerializer[Attempt]):
    question: Any = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    verdict = serializers.CharField(
        read_only=True, help_text="The outcome in words, e.g. “Right with 1 hint”."
    )

    class Meta:
        model = Attempt
        fields = ["id", "question", "run", "hints_used", "correct", "score", "verdict", "created", "answered"]
        read_only_fields = fields


class AttemptSerializer(AttemptBriefSerializer):
    """One attempt: what is asked, the hints taken and, once answered, the judgement and the worked answer."""

    asked = serializers.SerializerMethodField()
    hints = serializers.SerializerMethodField(help_text="The hints taken so far.")
    hints_total = serializers.SerializerMethodField()
    understood = serializers.SerializerMethodField(help_text="Your answer as it was understood.")
    solution = serializers.SerializerMethodField(help_text="Null until you have answered.")

    class Meta(AttemptBriefSerializer.Meta):
        extra = ["asked", "hints", "hints_total", "understood", "solution"]
        fields = [*AttemptBriefSerializer.Meta.fields, *extra]
        read_only_fields = fields

    @extend_schema_field(InstanceFields)
    def get_asked(self, attempt: Attempt) -> dict[str, Any]:
        return asked(attempt.instance)

    def get_hints(self, attempt: Attempt) -> list[str]:
        return attempt.instance.hints[: attempt.hints_used]

    def get_hints_total(self, attempt: Attempt) -> int:
        return len(attempt.question.hints)

    @extend_schema_field(OpenApiTypes.STR)
    def get_understood(self, attempt: Attempt) -> str | None:
        return attempt.answer["shown"] if attempt.answer and attempt.is_answered else None

    @extend_schema_field(SolutionSerializer(allow_null=True))
    def get_solution(self, attempt: Attempt) -> dict[str, Any] | None:
        if not attempt.is_revealed:
            return None
        instance = attempt.instance
        explanations = attempt.result.explanations if attempt.result else []
        is_open = attempt.question.kind == Question.Kind.OPEN
        return {
            "right_answer": instance.right_answer,
            "worked_answer": instance.worked_answer,
            "pitfalls": instance.pitfalls,
            "explanations": ExplanationSerializer(explanations, many=True).data,
            "rubric": instance.review({})["rubric"] if is_open else [],
        }


class SetSerializer(serializers.Serializer[ResolvedSet]):
    """A ready-made set: how many questions a run asks, of how many, and how many of these you have solved."""

    slug = serializers.SlugField(source="row.slug")
    title = serializers.CharField(source="row.title")
    description = serializers.CharField(source="row.description", help_text="Markdown.")
    audience = serializers.CharField(source="row.audience")
    level = serializers.CharField(source="row.level", help_text="Empty where it has questions of any.")
    minutes = serializers.IntegerField()
    questions = serializers.IntegerField(source="size", help_text="How many a run asks.")
    total = serializers.IntegerField(help_text="How many there are to draw from.")
    solved = serializers.IntegerField()
    tried = serializers.IntegerField()


class SetQuestionSerializer(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    title = serializers.CharField()
    kind = serializers.CharField()
    level = serializers.CharField()
    state = serializers.CharField(help_text="“solved”, “missed” or empty: what you made of it.")


class SetSectionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField(help_text="Empty where the set has one section only.")
    asked = serializers.IntegerField(help_text="How many of its questions a run asks.")
    extra = serializers.BooleanField(help_text="Whether a run over the whole set leaves it out.")
    questions = SetQuestionSerializer(many=True)


class SetDetailSerializer(SetSerializer):
    sections = serializers.SerializerMethodField()

    @extend_schema_field(SetSectionSerializer(many=True))
    def get_sections(self, one: ResolvedSet) -> list[dict[str, Any]]:
        names = ("slug", "title", "kind", "level")
        return [
            {
                "title": section.title,
                "asked": section.asked,
                "extra": section.extra,
                "questions": [
                    {name: getattr(question, name) for name in names}
                    | {"state": one.states.get(question.pk, "")}
                    for question in section.questions
                ],
            }
            for section in one.sections
        ]


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer. Its form depends on the kind of the question; numbers of options and items are those shown.

    single-choice: 2 · multiple-choice: [1, 3] · true-false: true · numeric: "73,856" or 73856 · shape: "1 x
    32 x 16 x 16" or [1, 32, 16, 16] · short-text: "weight sharing" · ordering: [3, 1, 2], the items'
    numbers in your order · matching: [2, 1, 3], for each row the number of an entry · open: {"text": "...",
    "points": [1, 2]}, your text and the rubric points that it covers.
    """

    answer = serializers.JSONField()


class TextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)


class ProblemSerializer(serializers.Serializer[Any]):
    """What was wrong, and what is expected."""

    detail = serializers.CharField(read_only=True)
