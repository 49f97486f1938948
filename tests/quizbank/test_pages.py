"""Browsing, practice runs, summary, history."""

import pytest
from django.test import Client

from quizbank import owners, practice
from quizbank.models import Attempt, PracticeRun, Question
from tests.quizbank.samples import content, stored

pytestmark = pytest.mark.django_db


def answer(attempt, right=True):
    one = attempt.instance
    if right:
        return attempt.submit(one.kind.right(one.spec, one.seed))
    wrong = {
        "single-choice": 1,
        "numeric": "1",
        "shape": "1 x 1",
        "short-text": "zzz",
        "open": {"points": []},
    }
    return attempt.submit(wrong[attempt.question.kind])


def started(client, **choice):
    response = client.post("/practice/", {"length": "5", **choice}, follow=True)
    assert response.status_code == 200
    return PracticeRun.objects.latest("pk"), response


def test_the_front_page_counts_what_there_is(client, questions, draft):
    response = client.get("/")
    assert response.context["counts"] == {"questions": 10, "topics": 2}
    assert response.context["continue_run"] is None


@pytest.mark.parametrize("path", ["/", "/topics/", "/practice/", "/history/"])
def test_pages_work_before_any_bank_is_loaded(client, db, path):
    assert client.get(path).status_code == 200


def test_topics_show_progress(learner_client, learner, questions):
    answer(Attempt.objects.create(question=questions["shape"], user=learner))
    answer(Attempt.objects.create(question=questions["numeric"], user=learner), right=False)
    rows = {row.topic.slug: row for row in learner_client.get("/topics/").context["topics"]}
    assert (rows["basics"].total, rows["basics"].solved, rows["basics"].tried) == (9, 1, 2)
    assert "1 solved" in learner_client.get("/topics/").content.decode()


def test_topics_stand_in_their_order(client, questions):
    questions["open"].topic.order = 1
    questions["open"].topic.save()
    assert [row.topic.slug for row in client.get("/topics/").context["topics"]] == ["other", "basics"]


def test_a_topic_lists_its_questions_by_level_with_their_state(learner_client, learner, questions):
    stored(content("shape", slug="hard", level="senior", title="Hard one"))
    answer(Attempt.objects.create(question=questions["shape"], user=learner))
    response = learner_client.get("/topics/basics/")
    assert response.context["rows"][-1][0].slug == "hard"
    assert "Solved" in response.content.decode()
    assert [q.slug for q, _ in learner_client.get("/topics/basics/?level=senior").context["rows"]] == ["hard"]
    assert learner_client.get("/topics/basics/?level=<script>").context["level"] == ""


def test_an_unknown_topic_or_question_is_not_found(client, questions):
    assert client.get("/topics/nothing/").status_code == 404
    assert client.get("/questions/nothing/").status_code == 404
    assert client.get("/attempts/999999/").status_code == 404
    assert client.get("/practice/999999/").status_code == 404


def test_a_run_goes_question_by_question_to_its_summary(learner_client, questions):
    run, response = started(learner_client)
    assert "1 of 5" in response.content.decode()
    for number in range(1, 6):
        current = run.current()
        response = learner_client.get(run.get_absolute_url())
        assert f"{number} of 5" in response.content.decode()
        assert current.question.title in response.content.decode()
        answer(current)
        feedback = learner_client.get(current.get_absolute_url()).content.decode()
        assert "data-key-next" in feedback
        assert f"{number} of 5" in feedback
    assert "See the summary" in feedback
    response = learner_client.get(run.get_absolute_url(), follow=True)
    assert response.redirect_chain[-1][0].endswith("/summary/")
    assert "5 of 5 right" in response.content.decode()
    run.refresh_from_db()
    assert run.finished


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"length": "7"}, "Choose a length of 5, 10, 20"),
        ({"length": ""}, "Choose a length"),
        ({"length": "5", "level": "guru"}, "Choose junior, mid, senior"),
        ({"length": "5", "level": "senior"}, "No question fits"),
        ({"length": "5", "topics": ["nothing"]}, "No question fits"),
    ],
)
def test_a_choice_that_gives_no_run_says_what_to_do(learner_client, questions, form, message):
    response = learner_client.post("/practice/", form)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not PracticeRun.objects.exists()


def test_a_run_keeps_to_the_chosen_topics_and_level(learner_client, questions, draft):
    stored(content("shape", slug="hard", topic="other", level="senior"))
    run, _ = started(learner_client, topics=["other"], level="senior")
    assert [attempt.question.slug for attempt in run.attempts.all()] == ["hard"]


def test_a_run_asks_what_is_new_first_then_what_was_missed(learner, questions):
    owner = owners.Owner(user_id=learner.pk)
    for question in questions.values():
        if question.kind not in ("shape", "numeric"):
            answer(Attempt.objects.create(question=question, user=learner))
    answer(Attempt.objects.create(question=questions["numeric"], user=learner), right=False)
    slugs = {question.slug for question in practice.choose(owner, [], "", 3)}
    assert slugs == {"a-shape-question", "a-variant", "a-numeric-question"}


def test_a_question_put_off_comes_last(learner_client, questions):
    run, _ = started(learner_client)
    first = run.current()
    response = learner_client.post(first.get_absolute_url(), {"action": "skip"}, follow=True)
    assert response.redirect_chain[-1][0] == run.get_absolute_url()
    assert run.current().pk != first.pk
    assert run.attempts.order_by("position").last().pk == first.pk
    assert "1 of 5" in response.content.decode()


def test_a_run_can_be_ended_and_its_missed_questions_practised(learner_client, questions):
    run, _ = started(learner_client)
    answer(run.current())
    response = learner_client.post(f"/practice/{run.pk}/end/", follow=True)
    assert "1 of 5 right" in response.content.decode()
    assert "Not answered" in response.content.decode()
    response = learner_client.post(f"/practice/{run.pk}/repeat/", follow=True)
    again = PracticeRun.objects.latest("pk")
    assert again.attempts.count() == 4


def test_a_perfect_run_has_nothing_to_repeat(learner_client, learner, questions):
    run, _ = started(learner_client, topics=["other"])
    answer(run.current())
    response = learner_client.post(f"/practice/{run.pk}/repeat/", follow=True)
    assert response.redirect_chain[-1][0].endswith("/summary/")
    assert PracticeRun.objects.count() == 1


def test_a_question_withdrawn_during_a_run_is_passed_over(learner_client, questions):
    run, _ = started(learner_client)
    first = run.current()
    Question.objects.filter(pk=first.question_id).update(status="draft")
    assert run.current().pk != first.pk
    assert learner_client.get(run.get_absolute_url()).status_code == 200


def test_an_unfinished_run_is_offered(learner_client, questions):
    run, _ = started(learner_client)
    answer(run.current())
    assert learner_client.get("/").context["continue_run"] == run
    assert "1 of 5 answered" in learner_client.get("/practice/").content.decode()


def test_the_history_lists_answers_by_pages_and_filters(learner_client, learner, questions):
    for number in range(30):
        answer(Attempt.objects.create(question=questions["numeric"], user=learner), right=number % 10 != 0)
    first = learner_client.get("/history/")
    assert len(first.context["page"].object_list) == 25
    assert "Page 1 of 2" in first.content.decode()
    assert len(learner_client.get("/history/?page=2").context["page"].object_list) == 5
    assert len(learner_client.get("/history/?show=missed").context["page"].object_list) == 3
    assert learner_client.get("/history/?page=zzz").status_code == 200
    assert learner_client.get("/history/?page=-5").status_code == 200


def test_a_history_page_takes_few_queries(learner_client, learner, questions, django_assert_max_num_queries):
    for question in questions.values():
        answer(Attempt.objects.create(question=question, user=learner))
    with django_assert_max_num_queries(6):
        learner_client.get("/history/")


def test_a_visitor_practises_and_takes_it_into_a_new_account(questions):
    client = Client()
    run, _ = started(client)
    answer(run.current())
    assert client.get("/history/").context["page"].paginator.count == 1
    response = client.post(
        "/accounts/signup/",
        {"username": "newcomer", "password1": "correct horse battery", "password2": "correct horse battery"},
    )
    assert response.status_code == 302
    assert client.get("/history/").context["page"].paginator.count == 1
    run.refresh_from_db()
    assert run.user.username == "newcomer"
    assert run.session_key == ""
    assert client.get(run.get_absolute_url()).status_code == 200


def test_a_visitor_keeps_a_bounded_number_of_attempts(questions, monkeypatch):
    monkeypatch.setattr(practice, "MAX_VISITOR_ROWS", 30)
    client = Client()
    runs = [started(client, topics=["basics"])[0] for _ in range(9)]
    assert Attempt.objects.count() <= 30
    assert client.get(runs[-1].get_absolute_url()).status_code == 200
    assert client.get(runs[0].get_absolute_url()).status_code == 404


def test_the_pages_work_without_scripts_and_carry_the_keys(learner_client, questions):
    text = learner_client.get(questions["single-choice"].get_absolute_url()).content.decode()
    assert text.count("data-key-choice") == 3
    assert "data-key-submit" in text
    assert "data-key-hint" in text
    assert 'method="post"' in text
    assert "onclick" not in text
    assert "style=" not in text
