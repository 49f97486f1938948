"""The grader's part of the API."""

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from grader.models import Submission
from tests.grader.conftest import REPORT, SLUG

pytestmark = pytest.mark.django_db
SUBMISSIONS = "/api/v1/submissions/"
EXERCISE = f"/api/v1/exercises/{SLUG}/"


@pytest.fixture(autouse=True)
def fresh_throttles():
    cache.clear()


@pytest.fixture
def api(learner) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.create(user=learner)}")
    return client


def send(api: APIClient, **fields: object):
    return api.post(SUBMISSIONS, {"exercise": SLUG, "source": "x = 1", **fields}, format="json")


def test_exercises_are_listed_for_everybody(api):
    for client in (api, APIClient()):
        rows = client.get("/api/v1/exercises/").json()
        assert SLUG in [row["slug"] for row in rows]
        assert {row["state"] for row in rows} == {"new"}


def test_an_exercise_holds_neither_solution_nor_checks(api, exercise):
    data = api.get(EXERCISE).json()
    assert data["starter"] == exercise.starter
    assert data["solutions"] is None
    assert data["editorial"] is None
    text = str(data)
    assert all(mistake.diagnosis not in text for mistake in exercise.mistakes)
    assert "@case" not in text


def test_the_solution_is_given_after_solving(api, finish, exercise):
    finish({**REPORT, "verdict": "accepted", "score": 1.0})
    data = api.get(EXERCISE).json()
    assert data["solved"] is True
    assert data["solutions"][0]["source"] == exercise.solutions[0].source
    assert APIClient().get(EXERCISE).json()["solutions"] is None


def test_a_submission_is_made_and_read(api):
    made = send(api, kind="run")
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["kind"]) == ("queued", "run")
    read = api.get(f"{SUBMISSIONS}{made.json()['id']}/").json()
    assert read["source"] == "x = 1"
    assert (read["position"], read["ahead"]) == (1, 0)
    assert read["report"] is None
    assert "seed" not in read


def test_a_visitor_cannot_submit_or_read():
    assert send(APIClient()).status_code == 401
    assert APIClient().get(SUBMISSIONS).status_code == 401


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"exercise": "no-such"}, "exercise"),
        ({"exercise": ""}, "exercise"),
        ({"kind": "cheat"}, "kind"),
        ({"source": None}, "source"),
        ({"source": ["x"]}, "source"),
    ],
)
def test_bad_fields_are_named(api, fields, field):
    response = send(api, **fields)
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not Submission.objects.exists()


def test_a_nul_in_the_source_is_refused(api):
    response = send(api, source="a\nb\0")
    assert response.status_code == 400
    assert "Line 2 contains a NUL" in response.json()["source"][0]


def test_lone_surrogates_are_refused(api):
    body = '{"exercise": "conv2d-batch", "source": "a\\n\\ud800"}'
    response = api.post(SUBMISSIONS, body, content_type="application/json")
    assert response.status_code == 400
    assert "Line 2 contains half of a character" in response.json()["source"][0]


def test_a_body_that_is_not_utf_8_is_refused(api):
    body = b'{"exercise": "conv2d-batch", "source": "\xff\xfe"}'
    response = api.post(SUBMISSIONS, body, content_type="application/json")
    assert response.status_code == 400
    assert "parse error" in response.json()["detail"]


def test_too_large_a_source_is_refused(api):
    response = send(api, source="#" * 300_000)
    assert response.status_code == 400
    assert "262,144" in response.json()["source"][0]


def test_an_empty_or_broken_source_is_taken(api):
    assert send(api, source="").status_code == 201
    assert send(api, source="def f(:").status_code == 201


def test_too_many_at_once_says_when_to_come_back(api, settings):
    settings.MAX_IN_FLIGHT = 1
    send(api)
    response = send(api)
    assert response.status_code == 429
    assert response["Retry-After"] == "5"


def test_a_full_queue_says_when_to_come_back(api, settings):
    settings.MAX_QUEUED = 1
    send(api)
    response = send(api)
    assert (response.status_code, response["Retry-After"]) == (503, "10")
    assert "1 submissions are waiting" in response.json()["detail"]


def test_sending_is_throttled_and_reading_is_not(api, settings):
    settings.MAX_IN_FLIGHT = 100
    codes = [send(api).status_code for _ in range(31)]
    assert codes == [201] * 30 + [429]
    assert api.get(SUBMISSIONS).status_code == 200


def test_lists_are_filtered(api, finish, make_submission):
    finish()
    make_submission(kind="run")
    assert api.get(f"{SUBMISSIONS}?kind=run").json()["count"] == 1
    assert api.get(f"{SUBMISSIONS}?verdict=wrong_answer").json()["count"] == 1
    assert api.get(f"{SUBMISSIONS}?state=nonsense").status_code == 400


def test_events_are_listed_after_a_number(api, finish):
    address = f"{SUBMISSIONS}{finish().pk}/events/"
    assert [event["kind"] for event in api.get(address).json()] == ["queued", "running", "finished"]
    assert [event["seq"] for event in api.get(f"{address}?after=2").json()] == [3]
    assert api.get(f"{address}?after=x").status_code == 400


def test_an_id_that_is_none_is_not_found(api):
    assert api.get(f"{SUBMISSIONS}nonsense/").status_code == 404


def test_drafts(api):
    assert api.get(f"{EXERCISE}draft/").json() == {"source": "", "revision": 0}
    assert api.put(f"{EXERCISE}draft/", {"source": "a", "revision": 0}, format="json").json() == {
        "revision": 1
    }
    conflict = api.put(f"{EXERCISE}draft/", {"source": "b", "revision": 0}, format="json")
    assert (conflict.status_code, conflict.json()["source"]) == (409, "a")
    assert api.put(f"{EXERCISE}draft/", {"source": "b"}, format="json").status_code == 400


def test_the_schema_is_valid_and_complete():
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert f"{SUBMISSIONS}{{id}}/events/" in schema["paths"]
