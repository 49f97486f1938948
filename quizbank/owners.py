"""Who an attempt belongs to: a user, or a visitor by a random name in the session.

The name is not the session's key, which changes at log-in; so what a visitor did can be handed to the
account that they make. It is given out at the first POST only: reading a page sets no cookie and stores no
row.
"""

import secrets
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest

from quizbank.models import Attempt, PracticeRun

VISITOR = "visitor"


@dataclass(frozen=True)
class Owner:
    """A user's id or a visitor's name; a reader without either owns nothing."""

    user_id: int | None = None
    visitor: str = ""

    @property
    def filter(self) -> Q:
        """What this owner's runs and attempts fulfil."""
        if self.user_id is not None:
            return Q(user_id=self.user_id)
        return Q(user__isnull=True, session_key=self.visitor) & ~Q(session_key="")

    @property
    def fields(self) -> dict[str, object]:
        """For new rows."""
        return {"user_id": self.user_id, "session_key": self.visitor}

    @property
    def is_nobody(self) -> bool:
        return self.user_id is None and not self.visitor


def of(request: HttpRequest, *, create: bool = False) -> Owner:
    """The owner that a request speaks for; `create` gives a new visitor a name."""
    if request.user.is_authenticated:
        if VISITOR in request.session:
            _adopt(request.session.pop(VISITOR), request.user.pk)
        return Owner(user_id=request.user.pk)
    if create and VISITOR not in request.session:
        request.session[VISITOR] = secrets.token_hex(20)
    return Owner(visitor=request.session.get(VISITOR, ""))


def _adopt(visitor: str, user_id: int) -> None:
    """A visitor has logged in: what they did is theirs."""
    for model in (PracticeRun, Attempt):
        model.objects.filter(user__isnull=True, session_key=visitor).update(user_id=user_id, session_key="")
