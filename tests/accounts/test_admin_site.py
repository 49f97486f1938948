"""The admin's log-in and its content security policy."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.admin_site import StrideAdminSite
from accounts.models import User

pytestmark = pytest.mark.django_db


def directives(response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, _, sources in parts}


def test_there_is_one_admin_site_and_it_is_ours():
    assert isinstance(admin.site, StrideAdminSite)


def test_strangers_are_sent_to_the_rate_limited_log_in(client):
    for path in (
        reverse("admin:index"),
        reverse("admin:login"),
        reverse("admin:quizbank_question_changelist"),
    ):
        response = client.get(path, follow=True)
        assert response.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_the_log_in_form_of_the_admin_itself_cannot_be_posted_to(client):
    User.objects.create_superuser("root", password="correct horse battery")
    data = {"username": "root", "password": "correct horse battery"}
    response = client.post(reverse("admin:login"), data)
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_learner_gets_403_at_the_admins_log_in(learner_client):
    assert learner_client.get(reverse("admin:login")).status_code == 403


def test_the_admin_may_use_eval_and_inline_styles_but_no_inline_script(instructor_client):
    policy = directives(instructor_client.get(reverse("admin:index")))
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"


def test_the_rest_of_the_site_keeps_the_strict_policy(instructor_client):
    policy = instructor_client.get(reverse("account_logout"))["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_every_entry_of_the_sidebar_opens(instructor_client, client):
    client.force_login(User.objects.create_superuser("root", password="correct horse battery"))
    for visitor, least in ((instructor_client, 8), (client, 9)):
        groups = visitor.get(reverse("admin:index")).context["sidebar_navigation"]
        links = [str(item["link"]) for group in groups for item in group["items"] if item["has_permission"]]
        assert len(links) == least
        assert {visitor.get(link).status_code for link in links} == {200}


def test_instructors_see_no_users_and_superusers_do(instructor_client, client):
    users = reverse("admin:accounts_user_changelist")
    assert users not in instructor_client.get(reverse("admin:index")).text
    client.force_login(User.objects.create_superuser("root", password="correct horse battery"))
    assert users in client.get(reverse("admin:index")).text
    assert client.get(users).status_code == 200


def test_a_superuser_can_add_and_change_users(client):
    client.force_login(User.objects.create_superuser("root", password="correct horse battery"))
    data = {"username": "grace", "password1": "a long passphrase 9", "password2": "a long passphrase 9"}
    client.post(reverse("admin:accounts_user_add"), {**data, "usable_password": "true"})
    grace = User.objects.get(username="grace")
    assert client.get(reverse("admin:accounts_user_change", args=[grace.pk])).status_code == 200
    assert grace.check_password("a long passphrase 9")
