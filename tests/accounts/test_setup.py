"""`manage.py setup`: the first accounts, once."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import INSTRUCTORS, User

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("setup", *arguments, stdout=out)
    return out.getvalue()


def test_first_run_makes_an_instructor_and_a_learner_whose_passwords_work(client):
    lines = [line.split() for line in run().splitlines()]
    assert [(role, name) for role, name, _ in lines] == [("instructor", "instructor"), ("learner", "learner")]
    for _, name, password in lines:
        assert client.login(username=name, password=password)


def test_the_instructor_is_staff_in_the_group_and_no_superuser():
    run()
    instructor = User.objects.get(username="instructor")
    assert (instructor.is_staff, instructor.is_superuser, instructor.is_instructor) == (True, False, True)
    learner = User.objects.get(username="learner")
    assert (learner.is_staff, learner.is_superuser, learner.is_instructor) == (False, False, False)


def test_second_run_changes_and_tells_nothing():
    first = run()
    hashes = list(User.objects.values_list("username", "password"))
    second = run()
    assert list(User.objects.values_list("username", "password")) == hashes
    assert not any(line.split()[2] in second for line in first.splitlines())


def test_passwords_differ_between_installations():
    one = json.loads(run("--json"))
    User.objects.all().delete()
    two = json.loads(run("--json"))
    assert {account["password"] for account in one}.isdisjoint(account["password"] for account in two)


def test_json_is_one_list_and_empty_on_the_second_run():
    assert [account["role"] for account in json.loads(run("--json"))] == ["instructor", "learner"]
    assert json.loads(run("--json")) == []


def test_an_existing_account_is_left_alone():
    User.objects.create_user("ada", password="correct horse battery")
    assert json.loads(run("--json")) == []
    assert not Group.objects.get(name=INSTRUCTORS).user_set.exists()
