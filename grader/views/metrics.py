"""`/metrics` for Prometheus: with the token of STRIDE_METRICS_TOKEN, or for staff who are logged in."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from grader import metrics


@never_cache
@require_safe
def scrape(request: HttpRequest) -> HttpResponse:
    """Everything there is to scrape; as if it weren't there for whoever may not read it."""
    if _has_token(request) or (request.user.is_authenticated and request.user.is_staff):
        return HttpResponse(metrics.text(), content_type=CONTENT_TYPE_LATEST)
    if not settings.METRICS_TOKEN:
        raise Http404
    return HttpResponse(
        "Send the token of STRIDE_METRICS_TOKEN as a bearer token.\n",
        status=HTTPStatus.UNAUTHORIZED,
        content_type="text/plain",
        headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
    )


def _has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "")
    return bool(settings.METRICS_TOKEN) and constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}")
