"""The grader's part of the API. A learner reaches only their own submissions and drafts."""

from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, ScopedRateThrottle
from rest_framework.views import APIView

from accounts.models import User
from exercises import catalogue
from grader import drafts, intake, shelf
from grader.models import Draft, Submission, SubmissionEvent
from grader.serializers import (
    DraftSerializer,
    EntrySerializer,
    ErrorSerializer,
    EventSerializer,
    ExerciseSerializer,
    NewSubmissionSerializer,
    RevisionSerializer,
    SubmissionDetailSerializer,
    SubmissionSerializer,
)
from grader.workspace import Workspace


class LearnerRequest(Request):
    """A request that `IsAuthenticated` has let through."""

    user: User


class RefusedError(APIException):
    """A refused submission as an answer of the API."""

    def __init__(self, refused: intake.Refused) -> None:
        super().__init__(str(refused))
        self.status_code = refused.status
        self.wait = refused.retry_after  # becomes Retry-After


def _exercise(slug: str) -> catalogue.Exercise:
    return shelf.exercise_or_404(slug)


FILTERS = [
    OpenApiParameter("topic", str, description="Only this topic"),
    OpenApiParameter("level", str, enum=list(shelf.LEVELS)),
    OpenApiParameter("state", str, enum=list(shelf.STATES_BY_NAME)),
]
SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH)


class ExerciseList(APIView):
    """All exercises."""

    @extend_schema(
        operation_id="exercises_list",
        parameters=FILTERS,
        responses=EntrySerializer(many=True),
        tags=["exercises"],
    )
    def get(self, request: Request) -> Response:
        entries = shelf.entries(request.user)
        filters = shelf.Filters.read(request.query_params, {entry.exercise.topic for entry in entries})
        chosen = [entry for entry in entries if filters.match(entry)]
        return Response(EntrySerializer(chosen, many=True).data)


class ExerciseDetail(APIView):
    """One exercise, without what is not yet to be read."""

    @extend_schema(operation_id="exercises_retrieve", responses=ExerciseSerializer, tags=["exercises"])
    def get(self, request: Request, slug: str) -> Response:
        return Response(ExerciseSerializer(Workspace(request._request, _exercise(slug), request.user)).data)


class DraftView(APIView):
    """Your draft for an exercise."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="draft_retrieve", responses=DraftSerializer, tags=["exercises"])
    def get(self, request: LearnerRequest, slug: str) -> Response:
        draft = Draft.objects.filter(user=request.user, exercise=_exercise(slug).slug).first()
        if draft is None:
            return Response({"source": "", "revision": 0})
        return Response({"source": draft.source, "revision": draft.revision})

    @extend_schema(
        operation_id="draft_update",
        request=DraftSerializer,
        responses={200: RevisionSerializer, 400: ErrorSerializer, 409: DraftSerializer},
        tags=["exercises"],
    )
    def put(self, request: LearnerRequest, slug: str) -> Response:
        exercise = _exercise(slug)
        form = DraftSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        try:
            revision = drafts.save(request.user, exercise.slug, data["source"], data["revision"])
        except drafts.Conflict as conflict:
            stored = {"source": conflict.draft.source, "revision": conflict.draft.revision}
            return Response({"detail": str(conflict), **stored}, status=status.HTTP_409_CONFLICT)
        return Response({"revision": revision})


@extend_schema(tags=["submissions"])
@extend_schema_view(
    list=extend_schema(description="Your submissions, newest first."),
    retrieve=extend_schema(description="One of your submissions, with source and report."),
)
class SubmissionViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Submission]
):
    """Your submissions."""

    queryset = Submission.objects.none()  # only tells the schema which model this is
    permission_classes = [IsAuthenticated]
    filterset_fields = ("exercise", "kind", "state", "verdict")
    throttle_scope = "submit"
    lookup_value_converter = "uuid"

    request: LearnerRequest

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = Submission.objects.of(self.request.user)
        return rows.without_texts() if self.action == "list" else rows

    def get_throttles(self) -> list[BaseThrottle]:
        """The scope `submit` limits sending, not reading."""
        limits = super().get_throttles()
        if self.action == "create":
            return limits
        return [limit for limit in limits if not isinstance(limit, ScopedRateThrottle)]

    def get_serializer_class(self) -> type[serializers.BaseSerializer[Any]]:
        if self.action == "create":
            return NewSubmissionSerializer
        return SubmissionDetailSerializer if self.action == "retrieve" else SubmissionSerializer

    @extend_schema(
        request=NewSubmissionSerializer,
        responses={
            201: SubmissionSerializer,
            400: ErrorSerializer,
            429: ErrorSerializer,
            503: ErrorSerializer,
        },
        description="Send source code to be graded. 429 when too many of yours are still being graded, 503 "
        "when the queue is full; Retry-After says when to come back.",
    )
    def create(self, request: LearnerRequest) -> Response:
        form = NewSubmissionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        try:
            submission = intake.submit(
                request.user, catalogue.load(data["exercise"]), data["source"], data["kind"]
            )
        except intake.Refused as refused:
            raise RefusedError(refused) from None
        return Response(SubmissionSerializer(submission).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        parameters=[OpenApiParameter("after", OpenApiTypes.INT, description="Only events after this number")],
        responses=EventSerializer(many=True),
        description="What has happened to a submission so far. The same, live: /submissions/<id>/events.",
    )
    @action(detail=True, pagination_class=None, filterset_fields=())
    def events(self, request: Request, pk: str) -> Response:
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) < 10):
            raise serializers.ValidationError({"after": "A whole number from 0 is expected."})
        if not self.get_queryset().filter(pk=pk).exists():
            raise Http404
        rows = SubmissionEvent.objects.filter(submission_id=pk, seq__gt=int(after)).order_by("seq")
        return Response(EventSerializer(rows, many=True).data)
