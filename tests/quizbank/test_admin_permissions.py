"""Who may open which page of the admin: learner, stranger, instructor and superuser against every view."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from accounts.models import User
from quizbank.models import Attempt, Bank, Question, QuestionSet, Topic
from tests.conftest import logged_in
from tests.quizbank.admin_data import make_question

pytestmark = pytest.mark.django_db

QUESTION = "admin:quizbank_question"
TOPIC = "admin:quizbank_topic"
BANK = "admin:quizbank_bank"
SET = "admin:quizbank_questionset"


@pytest.fixture
def pks() -> dict[str, int]:
    bank = Bank.objects.create(slug="small", title="Small")
    topic = Topic.objects.create(slug="pooling", title="Pooling")
    question = make_question("single-choice", bank, topic)
    version = question.history.get().pk
    user = User.objects.create_user("somebody")
    row = QuestionSet.objects.create(bank=bank, slug="small-set", title="Small set")
    pks = {"bank": bank.pk, "topic": topic.pk, "question": question.pk, "version": version, "set": row.pk}
    return {**pks, "user": user.pk}


# (method, view, names of the objects in its address)
INSTRUCTOR_VIEWS = [
    ("get", "admin:index", ()),
    ("get", "admin:app_list", ("app:quizbank",)),
    ("get", "admin:jsi18n", ()),
    ("get", f"{QUESTION}_changelist", ()),
    ("get", f"{QUESTION}_add", ()),
    ("get", f"{QUESTION}_change", ("question",)),
    ("get", f"{QUESTION}_delete", ("question",)),
    ("get", f"{QUESTION}_history", ("question",)),
    ("get", f"{QUESTION}_simple_history", ("question", "version")),
    ("post", f"{QUESTION}_preview", ()),
    ("get", f"{TOPIC}_changelist", ()),
    ("get", f"{TOPIC}_add", ()),
    ("get", f"{TOPIC}_change", ("topic",)),
    ("get", f"{TOPIC}_history", ("topic",)),
    ("get", f"{SET}_changelist", ()),
    ("get", f"{SET}_add", ()),
    ("get", f"{SET}_change", ("set",)),
    ("get", f"{SET}_delete", ("set",)),
    ("get", f"{SET}_history", ("set",)),
    ("get", f"{BANK}_changelist", ()),
    ("get", f"{BANK}_add", ()),
    ("get", f"{BANK}_change", ("bank",)),
    ("get", f"{BANK}_history", ("bank",)),
    ("get", f"{BANK}_import", ()),
    ("get", f"{BANK}_export_zip", ("bank",)),
    ("get", f"{BANK}_export_csv", ("bank",)),
]
SUPERUSER_VIEWS = [
    ("get", "admin:accounts_user_changelist", ()),
    ("get", "admin:accounts_user_add", ()),
    ("get", "admin:accounts_user_change", ("user",)),
    ("get", "admin:auth_user_password_change", ("user",)),
    ("get", "admin:auth_group_changelist", ()),
    ("get", "admin:auth_group_add", ()),
]
ALL = INSTRUCTOR_VIEWS + SUPERUSER_VIEWS


def status(client: Client, method: str, view: str, names: tuple[str, ...], pks: dict[str, int]) -> int:
    args = [name.removeprefix("app:") if name.startswith("app:") else pks[name] for name in names]
    return getattr(client, method)(reverse(view, args=args)).status_code


@pytest.mark.parametrize(("method", "view", "names"), ALL)
def test_a_stranger_is_sent_to_the_log_in(stranger_client, pks, method, view, names):
    assert status(stranger_client, method, view, names, pks) == 302


@pytest.mark.parametrize(("method", "view", "names"), ALL)
def test_a_learner_gets_nowhere(learner_client, pks, method, view, names):
    assert status(learner_client, method, view, names, pks) in (302, 403)
    args = [name.removeprefix("app:") if name.startswith("app:") else pks[name] for name in names]
    response = getattr(learner_client, method)(reverse(view, args=args), follow=True)
    assert response.status_code == 403


@pytest.mark.parametrize(("method", "view", "names"), INSTRUCTOR_VIEWS)
def test_an_instructor_may_edit_content(instructor_client, pks, method, view, names):
    assert status(instructor_client, method, view, names, pks) == 200


@pytest.mark.parametrize(("method", "view", "names"), SUPERUSER_VIEWS)
def test_an_instructor_may_not_touch_users_and_groups(instructor_client, pks, method, view, names):
    assert status(instructor_client, method, view, names, pks) == 403


@pytest.mark.parametrize(("method", "view", "names"), ALL)
def test_a_superuser_may_do_everything(pks, method, view, names):
    client = logged_in(User.objects.create_superuser("root"))
    assert status(client, method, view, names, pks) == 200


def test_every_view_of_the_question_bank_is_in_this_matrix():
    """A view that somebody adds later must be listed above, so that its rights are tested."""
    listed = {view for _, view, _ in ALL}
    resolver = next(
        r for r in get_resolver().url_patterns if isinstance(r, URLResolver) and r.app_name == "admin"
    )
    found = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern).startswith("quizbank/"):
            found |= {f"admin:{view.name}" for view in pattern.url_patterns if getattr(view, "name", None)}
    assert found
    never_used = {f"{TOPIC}_delete", f"{BANK}_delete"}  # tested below
    assert found - listed - never_used == set()


def test_the_matrix_knows_every_registered_model():
    apps = {model._meta.app_label for model in admin.site._registry}
    assert {"quizbank", "accounts", "auth"} <= apps


@pytest.mark.parametrize("codename", ["change_question", "add_topic"])
def test_import_takes_the_rights_to_all_that_it_changes(instructor, pks, codename):
    group = Group.objects.get(name="Instructors")
    group.permissions.remove(*group.permissions.filter(codename=codename))
    assert logged_in(instructor).get(reverse(f"{BANK}_import")).status_code == 403


def test_what_learners_answered_cannot_be_deleted_by_anyone(pks, instructor_client):
    Attempt.objects.create(question_id=pks["question"])
    for client in (instructor_client, logged_in(User.objects.create_superuser("root"))):
        for view, name in ((f"{QUESTION}_delete", "question"), (f"{BANK}_delete", "bank")):
            assert client.post(reverse(view, args=[pks[name]]), {"post": "yes"}).status_code == 403
        data = {"action": "delete_selected", "_selected_action": [pks["question"]], "post": "yes"}
        client.post(reverse(f"{QUESTION}_changelist"), data)
    assert Question.objects.filter(pk=pks["question"]).exists()


def test_an_unanswered_question_can_be_deleted(pks, instructor_client):
    instructor_client.post(reverse(f"{QUESTION}_delete", args=[pks["question"]]), {"post": "yes"})
    assert not Question.objects.exists()


def test_a_topic_with_questions_cannot_be_deleted(pks, instructor_client):
    instructor_client.post(reverse(f"{TOPIC}_delete", args=[pks["topic"]]), {"post": "yes"})
    assert Topic.objects.exists()
