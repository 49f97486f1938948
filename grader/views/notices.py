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
    """Dismiss one notice, or without a number all of them, and go back to the page."""
    number = request.POST.get("notice", "")
    if not number:
        notices.dismiss(request.user)
    elif number.isascii() and number.isdigit() and len(number) < 18:
        notices.dismiss(request.user, int(number))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect("home")
    return redirect(back)
