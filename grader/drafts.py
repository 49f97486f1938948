"""Drafts: what a learner has typed, saved so that no tab overwrites another's text unseen."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from grader.intake import clean_source
from grader.models import Draft


class Conflict(Exception):
    """The draft was saved elsewhere since; `draft` is what stands there now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("This draft was changed in another tab or on another machine since you loaded it.")
        self.draft = draft


def save(user: User, exercise: str, source: str, revision: int) -> int:
    """Store the text over revision `revision` (0: none yet) and give the new revision.

    Raises Conflict when another revision is stored, and intake.SourceRefused for texts that can't be.
    """
    source = clean_source(source)
    rows = Draft.objects.filter(user=user, exercise=exercise)
    if rows.filter(revision=revision).update(source=source, revision=revision + 1, updated=timezone.now()):
        return revision + 1
    if revision == 0 and _created(user, exercise, source):
        return 1
    stored = rows.first()
    if stored is None:  # deleted meanwhile
        return save(user, exercise, source, 0)
    if stored.source == source:
        return stored.revision
    raise Conflict(stored)


def keep(user: User, exercise: str, source: str) -> None:
    """Store a text that could not be sent, whatever was stored before: nothing typed is lost."""
    source = clean_source(source)
    rows = Draft.objects.filter(user=user, exercise=exercise)
    if rows.exists():
        others = rows.exclude(source=source)
        others.update(source=source, revision=F("revision") + 1, updated=timezone.now())
    else:
        _created(user, exercise, source)


def _created(user: User, exercise: str, source: str) -> bool:
    try:
        with transaction.atomic():
            Draft.objects.create(user=user, exercise=exercise, source=source, revision=1)
    except IntegrityError:
        return False
    return True
