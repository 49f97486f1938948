"""Tokens and `me`."""

import pytest
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def token(username="learner", password=PASSWORD):
    return Client().post(
        "/api/v1/token/", {"username": username, "password": password}, content_type="application/json"
    )


def with_token(key):
    return Client(headers={"Authorization": f"Token {key}"})


def test_a_token_speaks_for_its_user(learner):
    data = with_token(token().json()["token"]).get("/api/v1/me/").json()
    assert data["username"] == "learner"
    assert data["is_instructor"] is False
    assert "password" not in data


def test_an_address_serves_as_user_name(learner):
    learner.email = "learner@example.org"
    learner.save()
    assert token("learner@example.org").status_code == 200


def test_an_instructor_is_named_as_one(instructor):
    assert with_token(token("instructor").json()["token"]).get("/api/v1/me/").json()["is_instructor"] is True


@pytest.mark.parametrize(
    ("username", "password"), [("learner", "wrong"), ("nobody", PASSWORD), ("", ""), ("x" * 500, "x")]
)
def test_wrong_credentials_are_refused_without_saying_which(learner, username, password):
    response = token(username, password)
    assert response.status_code == 400
    assert "token" not in response.json()


def test_an_inactive_user_gets_no_token(learner):
    learner.is_active = False
    learner.save()
    assert token().status_code == 400


def test_guessing_is_throttled(learner):
    codes = [token(password="wrong").status_code for _ in range(12)]
    assert codes[:10] == [400] * 10
    assert codes[10:] == [429] * 2


def test_a_revoked_token_no_longer_works(learner):
    client = with_token(token().json()["token"])
    assert client.delete("/api/v1/token/").status_code == 204
    assert client.get("/api/v1/me/").status_code == 401


def test_a_made_up_token_is_refused(db):
    assert with_token("0" * 40).get("/api/v1/me/").status_code == 401
