"""What the Instructors group may do, and that migrating again does not change it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts.models import INSTRUCTORS
from accounts.permissions import INSTRUCTOR_PERMISSIONS, grant_instructor_permissions

pytestmark = pytest.mark.django_db


def granted() -> set[str]:
    permissions = Group.objects.get(name=INSTRUCTORS).permissions
    return {f"{app}.{name}" for app, name in permissions.values_list("content_type__app_label", "codename")}


EXPECTED = {f"{app}.{name}" for app, names in INSTRUCTOR_PERMISSIONS.items() for name in names}


def test_instructors_may_edit_banks_topics_and_questions_and_nothing_else():
    assert granted() == EXPECTED
    assert {name for name in granted() if "user" in name or "group" in name or "attempt" in name} == set()


def test_granting_again_changes_nothing():
    grant_instructor_permissions()
    grant_instructor_permissions()
    assert granted() == EXPECTED


def test_rights_of_our_apps_that_are_not_listed_are_taken_away_and_others_stay():
    group = Group.objects.get(name=INSTRUCTORS)
    group.permissions.add(Permission.objects.get(codename="delete_attempt"))
    group.permissions.add(Permission.objects.get(codename="view_user"))
    grant_instructor_permissions()
    assert granted() == EXPECTED | {"accounts.view_user"}


@pytest.mark.django_db(transaction=True)
def test_migrate_grants_what_is_missing():
    group, _ = Group.objects.get_or_create(name=INSTRUCTORS)
    group.permissions.clear()
    call_command("migrate", verbosity=0)
    assert granted() == EXPECTED
