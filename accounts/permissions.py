"""What an instructor may do. Granted by name after each migrate, so that new models bring theirs."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

from accounts.models import INSTRUCTORS

# Nothing about users, groups, attempts or submissions: these belong to superusers and to the learners.
INSTRUCTOR_PERMISSIONS = {
    "quizbank": (
        *(
            f"{action}_{model}"
            for model in ("bank", "topic", "question", "questionset")
            for action in ("view", "add", "change", "delete")
        ),
        "view_historicalquestion",
    ),
}


def grant_instructor_permissions() -> None:
    """Give the group exactly the rights above in these apps; in other apps they stay as they are."""
    group, _ = Group.objects.get_or_create(name=INSTRUCTORS)
    for app, codenames in INSTRUCTOR_PERMISSIONS.items():
        ours = Permission.objects.filter(content_type__app_label=app)
        group.permissions.remove(*ours.exclude(codename__in=codenames))
        group.permissions.add(*ours.filter(codename__in=codenames))


def after_migrate(**kwargs: Any) -> None:
    """Receiver of post_migrate of `accounts`; other apps come later, so their rights are made here."""
    for app in INSTRUCTOR_PERMISSIONS:
        create_permissions(installed.get_app_config(app), verbosity=0, using=kwargs.get("using", "default"))
    grant_instructor_permissions()
