"""Every template obeys the policy; error and account pages say what to do."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse

TEMPLATES = Path(settings.BASE_DIR) / "frontend" / "templates"
SITE_TEMPLATES = sorted(p for p in TEMPLATES.rglob("*.html") if "email" not in p.parts)


@pytest.mark.parametrize("path", SITE_TEMPLATES, ids=lambda p: p.relative_to(TEMPLATES).as_posix())
def test_no_template_holds_inline_code_or_style(path):
    text = path.read_text()
    assert not re.search(r"<style", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text
    assert not re.search(r"https?://(?!www\.w3\.org)[a-z]", text), "nothing is loaded from elsewhere"
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in tag, tag


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "403_csrf.html"])
def test_error_pages_offer_a_way_on(name, rf: RequestFactory):
    html = render_to_string(name, request=rf.get("/"))
    assert '<a class="button button--primary" href="/">' in html


def test_the_page_of_our_own_failure_needs_neither_request_nor_database():
    assert "Something broke on our side" in render_to_string("500.html")


@pytest.mark.django_db
def test_an_unknown_address_gives_the_404_page(stranger_client):
    response = stranger_client.get("/no/such/page")
    assert response.status_code == 404
    assert b"There is nothing here" in response.content


@pytest.mark.django_db
def test_a_form_without_token_says_why_it_failed():
    response = Client(enforce_csrf_checks=True).post(
        reverse("account_login"), {"login": "x", "password": "y"}
    )
    assert response.status_code == 403
    assert b"This form has expired" in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_account_pages_for_strangers(stranger_client, name):
    response = stranger_client.get(reverse(name))
    assert response.status_code == 200
    assert b'class="site-header"' in response.content
    assert b'class="field"' in response.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_logout"])
def test_account_pages_for_learners(learner_client, name):
    response = learner_client.get(reverse(name))
    assert response.status_code == 200
    assert b'class="site-header"' in response.content


@pytest.mark.django_db
def test_a_refused_sign_up_names_each_field_and_keeps_what_was_typed(stranger_client):
    answer = stranger_client.post(
        reverse("account_signup"), {"username": "<b>x</b>", "password1": "1", "password2": "2"}
    )
    html = answer.content.decode()
    assert 'class="field__error"' in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert 'aria-invalid="true"' in html


@pytest.mark.django_db
def test_single_keys_are_on_for_strangers_and_follow_the_setting(learner, learner_client, stranger_client):
    assert b'data-single-keys="on"' in stranger_client.get("/").content
    learner.single_key_shortcuts = False
    learner.save()
    assert b'data-single-keys="off"' in learner_client.get("/").content


@pytest.mark.django_db
def test_the_home_page_greets_a_hostile_name_safely(django_user_model):
    user = django_user_model.objects.create_user("<script>alert(1)</script>", password="x")
    client = Client()
    client.force_login(user)
    html = client.get("/").content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_every_icon_that_a_template_names_exists():
    from frontend.icons import PATHS

    names = {n for p in TEMPLATES.rglob("*.html") for n in re.findall(r'{% icon "([^"]+)" %}', p.read_text())}
    assert names
    assert names <= set(PATHS)
