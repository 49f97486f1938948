"""Dismissing notices."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from grader import notices
from grader.requests import LearnerRequest


@require_POST
@login_required
def dismiss(request: LearnerRequest) -> HttpResponse:
    """Dismiss what is said about one exercise, or without its name everything, and go back to the page."""
    notices.dismiss(request.user, request.POST.get("exercise", "").replace("\0", ""))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect("home")
    return redirect(back)
