"""`/healthz`: this process answers. `/readyz`: everything that a submission needs is there."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from grader import readiness


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    state = readiness.state()
    return JsonResponse(state, status=200 if state["ready"] else 503)
