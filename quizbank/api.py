"""The question bank in the API. Drafts do not exist here, and nobody sees another's attempts."""

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from quizbank import owners, practice, sets
from quizbank.models import Attempt, Question, QuestionSet, Topic
from quizbank.problems import FormatProblem, InstanceError
from quizbank.serializers import (
    AnswerSerializer,
    AttemptBriefSerializer,
    AttemptSerializer,
    ProblemSerializer,
    QuestionDetailSerializer,
    QuestionSerializer,
    SetDetailSerializer,
    SetSerializer,
    TextSerializer,
    TopicProgressSerializer,
    TopicSerializer,
)


class BrokenQuestion(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "This question has a mistake in its template that its authors have to mend."


class AlreadyAnswered(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "This attempt is answered. Make a new one with POST /api/v1/questions/<slug>/attempts/."


class Mended(viewsets.GenericViewSet[Any]):
    """Turns a broken template into a clear answer instead of a server error."""

    def handle_exception(self, error: Exception) -> Response:
        return super().handle_exception(BrokenQuestion() if isinstance(error, InstanceError) else error)


@extend_schema_view(retrieve=extend_schema(summary="One topic with its introduction"))
class TopicViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[Topic]):
    queryset = Topic.objects.filter(questions__status=Question.Status.PUBLISHED).distinct()
    serializer_class = TopicSerializer
    lookup_field = "slug"

    @extend_schema(
        summary="All topics with your progress",
        responses=TopicProgressSerializer(many=True),
        filters=False,
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(practice.progress(owners.of(request)))
        return self.get_paginated_response(TopicProgressSerializer(cast(Any, page), many=True).data)


class QuestionFilter(django_filters.FilterSet):
    topic = django_filters.CharFilter(field_name="topic__slug")
    bank = django_filters.CharFilter(field_name="bank__slug")
    level = django_filters.ChoiceFilter(choices=Question.Level.choices)
    kind = django_filters.ChoiceFilter(choices=Question.Kind.choices)

    class Meta:
        model = Question
        fields = ["topic", "bank", "level", "kind"]


@extend_schema_view(
    list=extend_schema(summary="Published questions"),
    retrieve=extend_schema(summary="One question with an example of what is asked"),
)
class QuestionViewSet(Mended, viewsets.ReadOnlyModelViewSet[Question]):
    queryset = Question.objects.published().select_related("topic", "bank")
    lookup_field = "slug"
    filterset_class = QuestionFilter

    def get_serializer_class(self) -> Any:
        return QuestionDetailSerializer if self.action == "retrieve" else QuestionSerializer

    @extend_schema(
        summary="Begin an attempt: a new instance to answer",
        request=None,
        responses={201: AttemptSerializer},
        filters=False,
    )
    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])
    def attempts(self, request: Request, slug: str) -> Response:
        attempt = Attempt(question=self.get_object(), user=cast(User, request.user))
        data = AttemptSerializer(
            attempt
        ).data  # raises before anything is stored where the template is broken
        attempt.save()
        return Response(
            {**data, "id": attempt.pk, "created": attempt.created}, status=status.HTTP_201_CREATED
        )


@extend_schema_view(
    list=extend_schema(summary="Ready-made sets with your progress", filters=False),
    retrieve=extend_schema(summary="One set with its questions by section"),
)
class SetViewSet(viewsets.GenericViewSet[Any]):
    """Sets of published questions; practise one by making an attempt at each of its questions."""

    queryset = QuestionSet.objects.filter(status=QuestionSet.Status.PUBLISHED)
    serializer_class = SetSerializer
    lookup_field = "slug"

    def get_serializer_class(self) -> Any:
        return SetDetailSerializer if self.action == "retrieve" else SetSerializer

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(cast(Any, sets.listed(owners.of(request))))
        return self.get_paginated_response(SetSerializer(cast(Any, page), many=True).data)

    def retrieve(self, request: Request, slug: str) -> Response:
        return Response(SetDetailSerializer(sets.resolved(self.get_object(), owners.of(request))).data)


class AttemptFilter(django_filters.FilterSet):
    answered = django_filters.BooleanFilter(field_name="answered", lookup_expr="isnull", exclude=True)
    question = django_filters.CharFilter(field_name="question__slug")
    correct = django_filters.BooleanFilter()

    class Meta:
        model = Attempt
        fields = ["answered", "question", "correct"]


@extend_schema_view(
    list=extend_schema(summary="Your attempts, the newest first"),
    retrieve=extend_schema(summary="One of your attempts"),
)
class AttemptViewSet(Mended, viewsets.ReadOnlyModelViewSet[Attempt]):
    queryset = Attempt.objects.none()
    permission_classes = [IsAuthenticated]
    filterset_class = AttemptFilter
    lookup_value_regex = r"[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Attempt]:
        if not self.request.user.is_authenticated:  # the schema is made without a user
            return Attempt.objects.none()
        mine = Attempt.objects.filter(user=self.request.user).select_related("question__topic")
        return mine.order_by("-created", "-pk")

    def get_serializer_class(self) -> Any:
        return AttemptBriefSerializer if self.action == "list" else AttemptSerializer

    @extend_schema(
        summary="Answer",
        description="An answer that cannot be read is never counted wrong: 400 says what is expected.",
        request=AnswerSerializer,
        responses={200: AttemptSerializer, 400: ProblemSerializer, 409: ProblemSerializer},
    )
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        attempt = self._waiting()
        data = AnswerSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        try:
            stored = attempt.submit(data.validated_data["answer"])
        except FormatProblem as problem:
            raise ValidationError({"detail": str(problem)}) from None
        if not stored:
            raise AlreadyAnswered
        return Response(AttemptSerializer(attempt).data)

    @extend_schema(
        summary="Take one more hint", request=None, responses={200: AttemptSerializer, 409: ProblemSerializer}
    )
    @action(detail=True, methods=["post"])
    def hint(self, request: Request, pk: str) -> Response:
        attempt = self._waiting()
        attempt.take_hint()
        attempt.refresh_from_db(fields=["hints_used"])
        return Response(AttemptSerializer(attempt).data)

    @extend_schema(
        summary="Show the model answer and rubric of an open question",
        request=TextSerializer,
        responses={200: AttemptSerializer, 400: ProblemSerializer, 409: ProblemSerializer},
    )
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, pk: str) -> Response:
        attempt = self._waiting()
        if attempt.question.kind != Question.Kind.OPEN:
            raise ValidationError({"detail": "Only open questions are revealed; answer this one."})
        data = TextSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        if not attempt.is_revealed:
            try:
                attempt.reveal({"text": data.validated_data["text"], "points": []})
            except FormatProblem as problem:
                raise ValidationError({"detail": str(problem)}) from None
            attempt.refresh_from_db(fields=["answer"])
        return Response(AttemptSerializer(attempt).data)

    def _waiting(self) -> Attempt:
        """The attempt, if it may still be answered: withdrawn questions may not."""
        attempt: Attempt = self.get_object()
        if attempt.is_answered:
            raise AlreadyAnswered
        if attempt.question.status != Question.Status.PUBLISHED:
            raise Http404
        return attempt
