"""The live events of one submission, as server-sent events."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from grader import streams
from grader.models import Submission


def _resume_after(request: HttpRequest) -> int:
    """The number of the last event that the browser has, from the header or the address; 0 for none."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return min(int(text), 10**9) if text.isascii() and text.isdigit() and len(text) < 12 else 0


@sync_to_async
def _find(request: HttpRequest, pk: UUID) -> Submission:
    """The submission, if this person may read it. Gives its database connection back: a stream lasts long."""
    try:
        if not request.user.is_authenticated:
            raise Http404
        found = Submission.objects.readable_by(request.user).without_texts().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found
    finally:
        if not connection.in_atomic_block:
            connection.close()


@require_safe
async def submission_events(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """A stream that ends when the submission is finished; 204 tells the browser to stop coming back."""
    submission = await _find(request, pk)
    after = _resume_after(request)
    if submission.is_finished and after >= submission.last_seq:
        return HttpResponse(status=204)
    try:
        frames = streams.listen(pk, after)
    except streams.Full:
        return HttpResponse(
            "Too many open streams; try again soon.", status=503, headers={"Retry-After": "5"}
        )
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingHttpResponse(frames, content_type="text/event-stream", headers=headers)
