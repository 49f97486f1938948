"""The API: lists, filters, attempts, answers, clear errors."""

import pytest
from django.core.management import call_command

from quizbank import instances
from quizbank.models import Attempt, Question
from tests.quizbank.samples import KIND_FIELDS

pytestmark = pytest.mark.django_db


def begin(client, slug):
    response = client.post(f"/api/v1/questions/{slug}/attempts/")
    assert response.status_code == 201
    return response.json()


def send(client, attempt, answer):
    address = f"/api/v1/attempts/{attempt['id']}/answer/"
    return client.post(address, {"answer": answer}, content_type="application/json")


def test_topics_with_progress(learner_client, questions, learner):
    data = learner_client.get("/api/v1/topics/").json()
    assert [(row["slug"], row["questions"], row["solved"]) for row in data["results"]] == [
        ("basics", 9, 0),
        ("other", 1, 0),
    ]
    assert learner_client.get("/api/v1/topics/basics/").json()["title"] == "Basics"
    assert learner_client.get("/api/v1/topics/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 10),
        ("?topic=other", 1),
        ("?kind=shape", 2),
        ("?level=senior", 0),
        ("?bank=mini", 10),
        ("?bank=x", 0),
    ],
)
def test_questions_are_filtered(client, questions, query, count):
    assert client.get(f"/api/v1/questions/{query}").json()["count"] == count


def test_an_unknown_filter_value_is_explained(client, questions):
    response = client.get("/api/v1/questions/?kind=riddle")
    assert response.status_code == 400
    assert "riddle" in str(response.json())


@pytest.mark.parametrize("kind", KIND_FIELDS)
def test_no_answer_is_told_before_it_is_given(learner_client, questions, kind):
    slug = questions[kind].slug
    attempt = begin(learner_client, slug)
    pages = [
        learner_client.get(f"/api/v1/questions/{slug}/"),
        learner_client.get("/api/v1/questions/"),
        learner_client.get(f"/api/v1/attempts/{attempt['id']}/"),
        learner_client.get("/api/v1/attempts/"),
    ]
    for page in pages:
        assert page.status_code == 200
        for secret in (
            "because it is so",
            "One kernel serves",
            "73856",
            "weight sharing",
            "hierarchy",
            "Think",
            '"correct":true',
        ):
            assert secret not in page.content.decode()
    assert attempt["solution"] is None


@pytest.mark.parametrize("kind", [*KIND_FIELDS, "variant"])
def test_a_right_answer_is_judged_and_explained(learner_client, questions, kind):
    attempt = begin(learner_client, questions[kind].slug)
    row = Attempt.objects.get(pk=attempt["id"])
    one = instances.build(row.question, row.seed)
    assert attempt["asked"]["prompt"] == one.prompt
    data = send(learner_client, attempt, one.kind.right(one.spec, one.seed)).json()
    assert data["correct"] is True
    assert data["score"] == 1
    assert data["solution"]["worked_answer"] == one.worked_answer
    assert data["solution"]["right_answer"]


def test_an_unreadable_answer_gets_what_is_expected_and_is_not_counted(learner_client, questions):
    attempt = begin(learner_client, "a-shape-question")
    response = send(learner_client, attempt, "sixteen")
    assert response.status_code == 400
    assert "28 x 28" in response.json()["detail"]
    assert send(learner_client, attempt, [1, 32, 16, 16]).json()["correct"] is True


@pytest.mark.parametrize("body", ["", "[]", "{", '"x"', "{}", '{"answer": null}', '{"answer": "\\u0000"}'])
def test_a_malformed_body_is_a_clear_error(learner_client, questions, body):
    attempt = begin(learner_client, "a-short-text-question")
    response = learner_client.post(
        f"/api/v1/attempts/{attempt['id']}/answer/", body, content_type="application/json"
    )
    assert response.status_code == 400
    assert response.json()


def test_an_attempt_is_answered_once(learner_client, questions):
    attempt = begin(learner_client, "a-numeric-question")
    assert send(learner_client, attempt, 5).json()["correct"] is False
    for path, body in (("answer", {"answer": 73856}), ("hint", {}), ("reveal", {})):
        address = f"/api/v1/attempts/{attempt['id']}/{path}/"
        response = learner_client.post(address, body, content_type="application/json")
        assert response.status_code == 409
        assert "Make a new one" in response.json()["detail"]
    assert Attempt.objects.get().correct is False


def test_hints_come_one_by_one(learner_client, questions):
    attempt = begin(learner_client, "a-numeric-question")
    address = f"/api/v1/attempts/{attempt['id']}/hint/"
    assert learner_client.post(address).json()["hints"] == ["Think."]
    assert learner_client.post(address).json()["hints"] == ["Think.", "Think harder."]
    assert learner_client.post(address).json()["hints_used"] == 2
    assert send(learner_client, attempt, "73,856").json()["verdict"] == "Right with 2 hints"


def test_an_open_question_is_revealed_then_graded(learner_client, questions):
    attempt = begin(learner_client, "a-open-question")
    address = f"/api/v1/attempts/{attempt['id']}/reveal/"
    data = learner_client.post(address, {"text": "Mine"}, content_type="application/json").json()
    assert [point["point"] for point in data["solution"]["rubric"]] == ["locality", "sharing", "hierarchy"]
    learner_client.post(address, {"text": "Changed"}, content_type="application/json")
    data = send(learner_client, attempt, {"points": [1]}).json()
    assert (data["score"], data["understood"]) == (0.5, "Mine")


def test_only_open_questions_are_revealed(learner_client, questions):
    attempt = begin(learner_client, "a-shape-question")
    assert learner_client.post(f"/api/v1/attempts/{attempt['id']}/reveal/").status_code == 400


def test_a_withdrawn_question_can_no_longer_be_answered(learner_client, questions):
    attempt = begin(learner_client, "a-shape-question")
    Question.objects.filter(kind="shape").update(status="draft")
    assert send(learner_client, attempt, "1 x 32 x 16 x 16").status_code == 404
    assert Attempt.objects.get().answered is None


def test_a_broken_template_is_said_to_be_broken(learner_client, questions):
    spec = {**questions["variant"].spec}
    spec["variant"] = {**spec["variant"], "where": "False"}
    Question.objects.filter(slug="a-variant").update(spec=spec)
    for response in (
        learner_client.get("/api/v1/questions/a-variant/"),
        learner_client.post("/api/v1/questions/a-variant/attempts/"),
    ):
        assert response.status_code in (200, 503)
    assert not Attempt.objects.exists()


def test_attempts_are_filtered(learner_client, questions):
    send(learner_client, begin(learner_client, "a-numeric-question"), 5)
    begin(learner_client, "a-shape-question")
    for query, count in (
        ("answered=true", 1),
        ("answered=false", 1),
        ("question=a-shape-question", 1),
        ("correct=true", 0),
    ):
        assert learner_client.get(f"/api/v1/attempts/?{query}").json()["count"] == count


@pytest.mark.parametrize("path", ["attempts/", "me/"])
def test_strangers_are_told_to_log_in(stranger_client, db, path):
    assert stranger_client.get(f"/api/v1/{path}").status_code == 401


def test_strangers_may_read_but_not_begin(stranger_client, questions):
    assert stranger_client.get("/api/v1/questions/").status_code == 200
    assert stranger_client.post("/api/v1/questions/a-shape-question/attempts/").status_code == 401


def test_the_list_of_questions_takes_few_queries(client, questions, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        client.get("/api/v1/questions/")


def test_the_schema_is_complete_and_without_warnings(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))
    text = (tmp_path / "schema.yaml").read_text()
    for path in ("topics/", "questions/{slug}/attempts/", "attempts/{id}/answer/", "token/", "me/"):
        assert f"/api/v1/{path}:" in text


def test_the_schema_and_its_page_are_served(client, db):
    assert client.get("/api/v1/schema/").status_code == 200
    response = client.get("/api/docs/")
    assert response.status_code == 200
    assert "<style" not in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    assert client.get("/api/docs/?script=").status_code == 200
