"""The site's addresses and the empty view."""

from celery import current_app
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from benchmarks.floor.tasks import TASK


def click(request: HttpRequest) -> HttpResponse:
    """Look who is there, as every page does, and send the empty task."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    current_app.send_task(TASK, args=[request.POST["number"]], queue="cpu", retry=False, ignore_result=True)
    return HttpResponse(status=204)


urlpatterns = [path("floor", click), path("", include("config.urls"))]
