"""Who may see and do what: the owner, another learner, an instructor, a stranger, another visitor."""

import pytest
from django.test import Client

from quizbank import owners, practice
from quizbank.models import Attempt

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(learner, questions):
    return practice.start_run(owners.Owner(user_id=learner.pk), [], "", 5)


@pytest.fixture
def attempt(run):
    return run.attempts.first()


@pytest.fixture
def cast(learner_client, other_client, instructor_client, stranger_client):
    return {
        "owner": learner_client,
        "other": other_client,
        "instructor": instructor_client,
        "stranger": stranger_client,
    }


PAGES = [
    ("get", "/practice/{run}/"),
    ("post", "/practice/{run}/end/"),
    ("post", "/practice/{run}/repeat/"),
    ("get", "/practice/{run}/summary/"),
    ("get", "/attempts/{attempt}/"),
    ("post", "/attempts/{attempt}/"),
]


@pytest.mark.parametrize("who", ["other", "instructor", "stranger"])
@pytest.mark.parametrize(("method", "path"), PAGES)
def test_runs_and_attempts_of_others_do_not_exist(cast, run, attempt, who, method, path):
    address = path.format(run=run.pk, attempt=attempt.pk)
    assert getattr(cast[who], method)(address, {"action": "hint"}).status_code == 404
    attempt.refresh_from_db()
    run.refresh_from_db()
    assert (attempt.hints_used, run.finished) == (0, None)


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_the_owner_reaches_them(cast, run, attempt, method, path):
    response = getattr(cast["owner"], method)(path.format(run=run.pk, attempt=attempt.pk), {"action": "hint"})
    assert response.status_code in (200, 302)


def test_a_visitor_does_not_reach_another_visitors_run(questions):
    mine, theirs = Client(), Client()
    address = mine.post("/practice/", {"length": "5"})["Location"]
    theirs.post("/practice/", {"length": "5"})
    assert mine.get(address).status_code == 200
    assert theirs.get(address).status_code == 404


def test_nobody_owns_rows_without_an_owner(questions, stranger_client):
    orphan = Attempt.objects.create(question=questions["shape"])
    assert stranger_client.get(orphan.get_absolute_url()).status_code == 404


def test_histories_are_private(cast, attempt):
    one = attempt.instance
    attempt.submit(one.kind.right(one.spec, one.seed))
    counts = {who: client.get("/history/").context["page"].paginator.count for who, client in cast.items()}
    assert counts == {"owner": 1, "other": 0, "instructor": 0, "stranger": 0}


def test_drafts_are_for_instructors(cast, draft):
    codes = {who: client.get(draft.get_absolute_url()).status_code for who, client in cast.items()}
    assert codes == {"owner": 404, "other": 404, "instructor": 200, "stranger": 404}


@pytest.mark.parametrize("path", ["/", "/topics/", "/topics/basics/", "/practice/", "/history/"])
def test_drafts_are_listed_to_nobody(cast, draft, questions, path):
    for client in cast.values():
        assert "Secret draft" not in client.get(path).content.decode()


def test_a_run_never_asks_a_draft(learner, draft, questions):
    run = practice.start_run(owners.Owner(user_id=learner.pk), [], "", 20)
    assert not run.attempts.filter(question=draft).exists()


API = [
    ("get", "/api/v1/attempts/{attempt}/"),
    ("post", "/api/v1/attempts/{attempt}/answer/"),
    ("post", "/api/v1/attempts/{attempt}/hint/"),
    ("post", "/api/v1/attempts/{attempt}/reveal/"),
]


@pytest.mark.parametrize(("who", "code"), [("other", 404), ("instructor", 404), ("stranger", 401)])
@pytest.mark.parametrize(("method", "path"), API)
def test_the_api_hides_attempts_of_others(cast, attempt, who, code, method, path):
    response = getattr(cast[who], method)(
        path.format(attempt=attempt.pk), {"answer": 1}, content_type="application/json"
    )
    assert response.status_code == code
    attempt.refresh_from_db()
    assert (attempt.hints_used, attempt.answered, attempt.answer) == (0, None, None)


@pytest.mark.parametrize(("who", "count"), [("owner", 5), ("other", 0), ("instructor", 0)])
def test_the_api_lists_ones_own_attempts_only(cast, run, who, count):
    assert cast[who].get("/api/v1/attempts/").json()["count"] == count


@pytest.mark.parametrize("who", ["owner", "other", "instructor", "stranger"])
def test_the_api_has_no_drafts(cast, draft, questions, who):
    assert cast[who].get(f"/api/v1/questions/{draft.slug}/").status_code == 404
    assert "secret-draft" not in cast[who].get("/api/v1/questions/").content.decode()
    response = cast[who].post(f"/api/v1/questions/{draft.slug}/attempts/")
    assert response.status_code == (401 if who == "stranger" else 404)
