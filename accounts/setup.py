"""The first accounts of an installation, with generated passwords."""

import secrets
from collections.abc import Callable

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import INSTRUCTORS, User

# Easy to tell apart when read from a screen and typed.
ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Four groups of four: 80 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def make_instructor(user: User) -> None:
    """Let a user into the admin, with the rights of the instructors' group and no more."""
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    user.groups.add(Group.objects.get(name=INSTRUCTORS))


@transaction.atomic
def make_first_accounts() -> list[dict[str, str]]:
    """Make `instructor` and `learner` when there is no account at all; gives their log-ins, else nothing."""
    if User.objects.exists():
        return []
    roles: dict[str, Callable[[User], None]] = {"instructor": make_instructor, "learner": lambda user: None}
    made = []
    for role, grant in roles.items():
        password = new_password()
        grant(User.objects.create_user(role, password=password))
        made.append({"role": role, "username": role, "password": password})
    return made
