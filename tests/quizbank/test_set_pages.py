"""Ready-made sets on pages, in the API and in the admin: practising them, and who may see what."""

import re

import pytest
from django.test import Client

from quizbank import bank_files, loading, practice
from quizbank.models import Attempt, Bank, PracticeRun, Question, QuestionSet
from tests.quizbank.set_data import answer, loaded

__all__ = ["loaded"]  # a fixture

# Pages


def test_the_practice_page_lists_sets_in_their_order(loaded, stranger_client):
    page = stranger_client.get("/practice/").content.decode()
    titles = re.findall(r'card__link" href="/sets/[a-z-]+/">([^<]+)<', page)
    assert titles == ["A short one", "In parts"]


def test_a_set_without_published_questions_is_not_listed(loaded, stranger_client):
    Question.objects.filter(slug__in=["a-shape-question", "a-open-question"]).update(status="draft")
    assert "A short one" not in stranger_client.get("/practice/").content.decode()
    assert "No questions here" in stranger_client.get("/sets/plain/").content.decode()
    assert stranger_client.post("/sets/plain/").status_code == 422


def test_a_set_is_practised_to_its_results(loaded, learner_client, learner):
    page = learner_client.get("/sets/parts/")
    assert "2 of these 3" in page.content.decode()
    address = learner_client.post("/sets/parts/", {"length": "5"})["Location"]
    run = PracticeRun.objects.get()
    assert address == run.get_absolute_url()
    shown = learner_client.get(address).content.decode()
    assert "In parts" in shown
    assert "0 of 4 answered" in learner_client.get("/sets/parts/").content.decode()
    answer(run.attempts.order_by("position").first())
    assert "1 of 4 answered" in learner_client.get("/sets/parts/").content.decode()
    learner_client.post(f"/practice/{run.pk}/end/")
    summary = learner_client.get(f"/practice/{run.pk}/summary/").content.decode()
    assert "1 of 2 right" in summary  # of the section "Sizes"
    assert [title for title in ("Sizes", "Drawn") if f"<h2>{title}</h2>" in summary] == ["Sizes", "Drawn"]
    assert run.attempts.first().question.title in summary
    assert "answered" not in learner_client.get("/sets/parts/").content.decode()


def test_missed_questions_of_a_set_are_repeated_within_it(loaded, learner_client):
    learner_client.post("/sets/plain/")
    run = PracticeRun.objects.get()
    learner_client.post(f"/practice/{run.pk}/repeat/")
    assert PracticeRun.objects.exclude(pk=run.pk).get().question_set.slug == "plain"


@pytest.mark.parametrize(
    "data", [{"section": "9"}, {"section": "-1"}, {"section": "x"}, {"length": "3"}, {"length": "1e9"}]
)
def test_a_choice_that_does_not_exist_is_refused_in_words(loaded, learner_client, data):
    response = learner_client.post("/sets/parts/", data)
    assert response.status_code == 422
    assert "Choose" in response.content.decode()
    assert not PracticeRun.objects.exists()


def test_a_visitor_keeps_a_whole_set_and_a_bounded_number_of_rows(loaded, monkeypatch):
    monkeypatch.setattr(practice, "MAX_VISITOR_ROWS", 22)
    client = Client()
    for _ in range(12):
        client.post("/sets/plain/")
    assert Attempt.objects.count() <= 22
    newest = PracticeRun.objects.first()
    assert newest.attempts.count() == 2


# Who may see what


@pytest.fixture
def cast(learner_client, other_client, instructor_client, stranger_client):
    return {
        "owner": learner_client,
        "other": other_client,
        "instructor": instructor_client,
        "stranger": stranger_client,
    }


def test_runs_over_a_set_are_their_owners(loaded, cast):
    address = cast["owner"].post("/sets/plain/")["Location"]
    codes = {who: client.get(address).status_code for who, client in cast.items()}
    assert codes == {"owner": 200, "other": 404, "instructor": 404, "stranger": 404}
    for who in ("other", "instructor", "stranger"):
        assert "answered" not in cast[who].get("/sets/plain/").content.decode()
        assert cast[who].get(f"{address}summary/").status_code == 404


def test_progress_on_a_set_is_the_owners(loaded, cast):
    cast["owner"].post("/sets/plain/")
    answer(Attempt.objects.get(question__kind="shape"))
    solved = {who: client.get("/sets/plain/").context["set"].solved for who, client in cast.items()}
    assert solved == {"owner": 1, "other": 0, "instructor": 0, "stranger": 0}
    shown = {who: client.get("/api/v1/sets/plain/").json()["solved"] for who, client in cast.items()}
    assert shown == solved


def test_drafts_are_for_instructors(loaded, cast):
    QuestionSet.objects.filter(slug="plain").update(status="draft", title="Secret draft")
    codes = {who: client.get("/sets/plain/").status_code for who, client in cast.items()}
    assert codes == {"owner": 404, "other": 404, "instructor": 200, "stranger": 404}
    assert {
        client.post("/sets/plain/").status_code for who, client in cast.items() if who != "instructor"
    } == {404}
    for client in cast.values():
        for path in ("/", "/practice/", "/api/v1/sets/"):
            assert "Secret draft" not in client.get(path).content.decode()
        assert client.get("/api/v1/sets/plain/").status_code == 404


def test_a_set_shows_no_drafts_of_questions(loaded, cast):
    Question.objects.filter(slug="a-open-question").update(status="draft")
    for client in cast.values():
        assert "A open question" not in client.get("/sets/plain/").content.decode()


# The API


def test_the_api_lists_sets_and_their_questions(loaded, stranger_client):
    listed = stranger_client.get("/api/v1/sets/").json()["results"]
    assert [(row["slug"], row["questions"], row["minutes"]) for row in listed] == [
        ("plain", 2, 15),
        ("parts", 5, 5),
    ]
    detail = stranger_client.get("/api/v1/sets/parts/").json()
    assert [(s["title"], s["asked"], len(s["questions"])) for s in detail["sections"]] == [
        ("Sizes", 2, 2),
        ("Drawn", 2, 3),
        ("Again", 2, 2),
    ]
    assert detail["sections"][0]["questions"][0]["slug"] == "a-shape-question"


# The admin

ADMIN = "/admin/quizbank/questionset/"


def form(bank: Bank, **changes: str) -> dict[str, str]:
    data = {"title": "Mine", "slug": "mine", "bank": str(bank.pk), "status": "published", "order": "3"}
    text = "sections:\n  - title: One\n    questions: [a-shape-question]\n"
    return {
        **data,
        "minutes": "0",
        "level": "",
        "audience": "",
        "description": "",
        "content": text,
        **changes,
    }


def test_an_instructor_makes_and_edits_a_set(loaded, instructor_client):
    assert instructor_client.post(f"{ADMIN}add/", form(loaded)).status_code == 302
    row = QuestionSet.objects.get(slug="mine")
    assert row.sections == [{"title": "One", "questions": ["a-shape-question"]}]
    page = instructor_client.get(f"{ADMIN}{row.pk}/change/").content.decode()
    assert "a-shape-question" in page
    changed = form(loaded, content="pick: {kinds: [open], count: 4}", title="Other")
    assert instructor_client.post(f"{ADMIN}{row.pk}/change/", changed).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.sections) == ("Other", [{"title": "", "pick": {"kinds": ["open"], "count": 4}}])
    assert "1" in instructor_client.get(ADMIN).content.decode()
    loading.apply(bank_files.read_bank(loading.files_of(loaded)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("questions: [nowhere]", "no question “nowhere”"),
        ("questions: [", "Line 1:"),
        ("pick: {kinds: [essay], count: 3}", "one of single-choice"),
        ("<script>alert(1)</script>", "Line 1:"),
        ("", "This field is required"),
    ],
)
def test_a_wrong_content_is_said_at_its_field(loaded, instructor_client, content, said):
    response = instructor_client.post(f"{ADMIN}add/", form(loaded, content=content))
    assert response.status_code == 200
    assert said in str(response.context["adminform"].form.errors["content"].as_data())
    assert "<script>alert" not in response.content.decode()
    assert not QuestionSet.objects.filter(slug="mine").exists()


@pytest.mark.parametrize("who", ["owner", "other", "stranger"])
def test_the_admin_of_sets_is_closed_to_others(loaded, cast, who):
    row = QuestionSet.objects.get(slug="plain")
    for path in ("", "add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
        assert cast[who].get(f"{ADMIN}{path}").status_code in (302, 403)
    cast[who].post(f"{ADMIN}{row.pk}/change/", form(loaded, slug="plain"))
    row.refresh_from_db()
    assert row.title == "A short one"


def test_a_topic_may_not_take_the_folder_of_sets(loaded, instructor_client):
    data = {"title": "Sets", "slug": "sets", "order": "1", "intro": ""}
    response = instructor_client.post("/admin/quizbank/topic/add/", data)
    assert "This name is taken" in response.content.decode()


def test_hostile_text_in_a_set_stays_text(loaded, stranger_client):
    text = "<script>alert(1)</script>"
    QuestionSet.objects.filter(slug="plain").update(title=text, audience=text, description=text)
    for path in ("/practice/", "/sets/plain/"):
        assert text not in stranger_client.get(path).content.decode()
