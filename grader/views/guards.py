"""Who may open the staff's pages. Visitors are sent to the log-in, others are told that they may not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def may_operate(request: HttpRequest) -> bool:
    """Staff: whoever may open the admin."""
    return request.user.is_authenticated and request.user.is_active and request.user.is_staff


def may_regrade(request: HttpRequest) -> bool:
    """Staff who are instructors or superusers."""
    return may_operate(request) and request.user.is_authenticated and request.user.is_instructor


def _only(allowed: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
            if not allowed(request):
                raise PermissionDenied
            return view(request, *args, **options)

        return guarded

    return decorate


staff_only = _only(may_operate)
instructors_only = _only(may_regrade)
