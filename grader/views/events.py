"""The live events of one submission, as server-sent events."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from grader import handover
from grader.models import Submission


def _resume_after(request: HttpRequest) -> int:
    """The number of the last event that the browser has, from the header or the address; 0 for none."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return min(int(text), 10**9) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _find(request: HttpRequest, pk: UUID) -> Submission:
    """The submission, if this person may read it."""
    if not request.user.is_authenticated:
        raise Http404
    found = Submission.objects.without_texts().readable(pk, request.user)
    if found is None:
        raise Http404
    return found


@require_safe
def submission_events(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A stream that ends when the submission is finished; 204 tells the browser to stop coming back."""
    submission = _find(request, pk)
    after = _resume_after(request)
    if submission.is_finished and after >= submission.last_seq:
        return HttpResponse(status=204)
    if not handover.stream(request, pk, after):
        return HttpResponse("Live events need the site's ASGI server; reload the page instead.", status=503)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return HttpResponse(content_type="text/event-stream", headers=headers)
