"""What type checkers should know of requests."""

from django.http import HttpRequest

from accounts.models import User


class LearnerRequest(HttpRequest):
    """A request behind `login_required`."""

    user: User
