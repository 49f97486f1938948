"""The question bank's pages."""

from django.urls import path

from quizbank.views import asking, browse, runs, sets

urlpatterns = [
    path("", browse.home, name="home"),
    path("topics/", browse.topics, name="topics"),
    path("topics/<slug:slug>/", browse.topic, name="topic"),
    path("questions/<slug:slug>/", asking.question, name="question"),
    path("attempts/<int:pk>/", asking.attempt, name="attempt"),
    path("practice/", runs.setup, name="practice"),
    path("practice/<int:pk>/", runs.run, name="practice-run"),
    path("practice/<int:pk>/end/", runs.end, name="practice-end"),
    path("practice/<int:pk>/repeat/", runs.repeat, name="practice-repeat"),
    path("practice/<int:pk>/summary/", runs.summary, name="practice-summary"),
    path("sets/<slug:slug>/", sets.question_set, name="set"),
    path("history/", runs.history, name="history"),
]
