"""The question bank's addresses in the API."""

from rest_framework.routers import SimpleRouter

from quizbank import api

router = SimpleRouter()
router.register("topics", api.TopicViewSet, basename="api-topic")
router.register("questions", api.QuestionViewSet, basename="api-question")
router.register("sets", api.SetViewSet, basename="api-set")
router.register("attempts", api.AttemptViewSet, basename="api-attempt")

urlpatterns = router.urls
