"""The grader's addresses below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from grader import api

router = SimpleRouter(use_regex_path=False)
router.register("submissions", api.SubmissionViewSet, basename="api-submission")

urlpatterns = [
    path("exercises/", api.ExerciseList.as_view(), name="api-exercises"),
    path("exercises/<slug:slug>/", api.ExerciseDetail.as_view(), name="api-exercise"),
    path("exercises/<slug:slug>/draft/", api.DraftView.as_view(), name="api-draft"),
    path("", include(router.urls)),
]
