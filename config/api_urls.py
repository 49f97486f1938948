"""The API's addresses, version 1."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.api_urls")),
    path("", include("quizbank.api_urls")),
    path("", include("grader.api_urls")),
]
