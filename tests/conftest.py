"""Fixtures shared by all tests: the cast (owner, other learner, instructor, stranger), plain static files."""

import os

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from hypothesis import settings as hypothesis_settings

from accounts.models import INSTRUCTORS, User

# The same examples every time and on every machine; HYPOTHESIS_PROFILE=explore draws new ones.
hypothesis_settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis_settings.register_profile("explore", max_examples=1000, database=None, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def require_or_skip(present: bool, what: str) -> None:
    """Skip where something is missing; with STRIDE_REQUIRE_ALL=1 a missing thing is a failure."""
    if present:
        return
    if os.environ.get("STRIDE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is missing and STRIDE_REQUIRE_ALL=1")
    pytest.skip(f"{what} is missing")


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hashing is slow on purpose, which no test here is about; whole sites under test hash as ever."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def make_user(username: str) -> User:
    return User.objects.create_user(username, password="correct horse battery")


@pytest.fixture
def learner(db) -> User:
    return make_user("learner")


@pytest.fixture
def other_learner(db) -> User:
    return make_user("other")


@pytest.fixture
def instructor(db) -> User:
    """A member of the instructors' group, staff but no superuser, as `manage.py setup` makes it."""
    user = make_user("instructor")
    user.is_staff = True
    user.save()
    user.groups.add(Group.objects.get(name=INSTRUCTORS))
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def learner_client(learner) -> Client:
    return logged_in(learner)


@pytest.fixture
def other_client(other_learner) -> Client:
    return logged_in(other_learner)


@pytest.fixture
def instructor_client(instructor) -> Client:
    return logged_in(instructor)


@pytest.fixture
def stranger_client() -> Client:
    return Client()
