"""One question a screen, by plain forms: hints, answers, feedback, double submits."""

import re

import pytest
from django.test import Client

from quizbank import instances, practice
from quizbank.models import Attempt, Question
from tests.quizbank.samples import KIND_FIELDS, form_of

pytestmark = pytest.mark.django_db


def token_in(response):
    return re.search(r'name="token" value="([^"]+)"', response.content.decode())[1]


def opened(client, question):
    """The form of a fresh question page: its token, and the instance behind it."""
    token = token_in(client.get(question.get_absolute_url()))
    return token, instances.build(question, practice.token_seed(token, question))


def right_form(question, one):
    return form_of(question.kind, one.kind.right(one.spec, one.seed))


def post(client, question, token, **form):
    return client.post(question.get_absolute_url(), {"token": token, "action": "answer", **form}, follow=True)


@pytest.mark.parametrize("kind", [kind for kind in KIND_FIELDS if kind != "open"])
def test_a_right_answer_is_praised_with_the_worked_answer(learner_client, questions, kind):
    token, one = opened(learner_client, questions[kind])
    response = post(learner_client, questions[kind], token, **right_form(questions[kind], one))
    text = response.content.decode()
    assert response.redirect_chain[-1][0].endswith("#feedback")
    assert "feedback--good" in text
    assert "It is so because it is so." in text
    assert "read first" in text
    attempt = Attempt.objects.get()
    assert attempt.correct
    assert attempt.score == 1
    assert attempt.user.username == "learner"


def test_a_wrong_choice_is_explained(learner_client, questions):
    token, one = opened(learner_client, questions["single-choice"])
    wrong = next(o["number"] for o in one.presented["options"] if o["text"] == "It has no weights")
    text = post(learner_client, questions["single-choice"], token, choice=wrong).content.decode()
    assert "feedback--bad" in text
    assert "It has a kernel." in text
    assert "Your answer, not right" in text
    assert "Right answer" in text


@pytest.mark.parametrize(
    ("kind", "form", "message"),
    [
        ("single-choice", {}, "Choose one of the 3 options"),
        ("multiple-choice", {"choice": ["x"]}, "Numbers from 1 to 4"),
        ("true-false", {"choice": "7"}, "Choose true or false"),
        ("numeric", {"answer": "0,5"}, "a point is the decimal sign"),
        ("numeric", {"answer": "73.856"}, "separators"),
        ("shape", {"answer": "sixteen"}, "Write every size as a number"),
        ("short-text", {"answer": ""}, "Type an answer"),
        ("ordering", {"place-1": "1", "place-2": "1", "place-3": "2", "place-4": "3"}, "Used twice: 1"),
        ("matching", {"match-1": "1", "match-2": "", "match-3": "2"}, "still open: 2"),
    ],
)
def test_an_unreadable_answer_is_asked_again_and_not_counted(learner_client, questions, kind, form, message):
    token, _ = opened(learner_client, questions[kind])
    response = post(learner_client, questions[kind], token, **form)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert "Not counted yet" in response.content.decode()
    assert not Attempt.objects.exists()


def test_an_unreadable_answer_is_kept_in_its_field(learner_client, questions):
    token, _ = opened(learner_client, questions["numeric"])
    response = post(learner_client, questions["numeric"], token, answer='0,5 "<b>')
    assert 'value="0,5 &quot;&lt;b&gt;"' in response.content.decode()
    assert token_in(response) == token


def test_an_unreadable_answer_to_a_begun_attempt_leaves_it_open(learner_client, questions, learner):
    attempt = Attempt.objects.create(question=questions["numeric"], user=learner, hints_used=1)
    response = learner_client.post(attempt.get_absolute_url(), {"action": "answer", "answer": "many"})
    assert response.status_code == 422
    assert "Think." in response.content.decode()
    attempt.refresh_from_db()
    assert attempt.answered is None


def test_hints_come_one_by_one_and_are_told_honestly(learner_client, questions):
    question = questions["numeric"]
    token, _ = opened(learner_client, question)
    before = learner_client.get(question.get_absolute_url()).content.decode()
    assert "Think" not in before
    assert "with 1 hint" in before
    response = post(learner_client, question, token, action="hint", answer="71")
    address = response.redirect_chain[-1][0]
    assert address.endswith("#hint-1")
    assert "Think." in response.content.decode()
    assert "Think harder." not in response.content.decode()
    assert 'value="71"' in response.content.decode()
    for _ in range(5):
        response = learner_client.post(address, {"action": "hint"}, follow=True)
    assert "Think harder." in response.content.decode()
    assert Attempt.objects.get().hints_used == 2
    response = learner_client.post(address, {"action": "answer", "answer": "73,856"}, follow=True)
    assert "Right with 2 hints" in response.content.decode()


def test_sending_a_form_twice_is_harmless(learner_client, questions):
    token, _ = opened(learner_client, questions["numeric"])
    post(learner_client, questions["numeric"], token, answer="5")
    response = post(learner_client, questions["numeric"], token, answer="73856")
    assert "feedback--bad" in response.content.decode()
    attempt = Attempt.objects.get()
    assert not attempt.correct
    learner_client.post(attempt.get_absolute_url(), {"action": "answer", "answer": "73856"})
    learner_client.post(attempt.get_absolute_url(), {"action": "hint"})
    learner_client.post(attempt.get_absolute_url(), {"action": "skip"})
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.hints_used) == (False, 0)


def test_of_two_simultaneous_answers_the_first_counts(learner, questions):
    attempt = Attempt.objects.create(question=questions["numeric"], user=learner)
    same = Attempt.objects.get(pk=attempt.pk)
    assert attempt.submit("5")
    assert not same.submit("73856")
    assert same.correct is False


@pytest.mark.parametrize("token", ["", "forged", "a:b:c", "x" * 5000])
def test_a_forged_token_gives_a_new_question_instead_of_a_row(learner_client, questions, token):
    response = post(learner_client, questions["numeric"], token, answer="5")
    assert "too old to answer" in response.content.decode()
    assert not Attempt.objects.exists()


def test_a_token_of_another_question_is_refused(learner_client, questions):
    token, _ = opened(learner_client, questions["shape"])
    assert "too old" in post(learner_client, questions["numeric"], token, answer="5").content.decode()


def test_reading_a_question_stores_nothing_and_sets_no_session(questions):
    client = Client()
    response = client.get(questions["shape"].get_absolute_url())
    assert not Attempt.objects.exists()
    assert "sessionid" not in response.cookies
    assert "no-store" in response["Cache-Control"]


def test_a_variant_has_new_numbers_every_time(learner_client, questions):
    seen = {str(opened(learner_client, questions["variant"])[1].names) for _ in range(12)}
    assert len(seen) > 3
    token, one = opened(learner_client, questions["variant"])
    response = post(learner_client, questions["variant"], token, **right_form(questions["variant"], one))
    assert "Right" in response.content.decode()
    assert "Another one with new numbers" in response.content.decode()
    assert one.prompt in response.content.decode()


def test_an_open_question_is_written_revealed_and_self_graded(learner_client, questions):
    question = questions["open"]
    token, _ = opened(learner_client, question)
    assert "hierarchy" not in learner_client.get(question.get_absolute_url()).content.decode()
    response = post(learner_client, question, token, answer="My own words")
    address = response.redirect_chain[-1][0].split("#")[0]
    text = response.content.decode()
    assert "It is so because it is so." in text
    assert "hierarchy" in text
    assert "My own words" in text
    response = learner_client.post(
        address, {"points": ["1", "3"], "answer": "Written afterwards"}, follow=True
    )
    assert "Self-graded 75 %" in response.content.decode()
    assert "What about attention?" in response.content.decode()
    attempt = Attempt.objects.get()
    assert attempt.answer["value"] == {"text": "My own words", "points": [0, 2]}
    assert attempt.correct


def test_an_open_question_needs_no_text(learner_client, questions):
    token, _ = opened(learner_client, questions["open"])
    response = post(learner_client, questions["open"], token)
    address = response.redirect_chain[-1][0].split("#")[0]
    assert "Self-graded 0 %" in learner_client.post(address, {}, follow=True).content.decode()


def test_an_open_answer_that_is_too_long_is_refused_with_the_limit(learner_client, questions):
    token, _ = opened(learner_client, questions["open"])
    response = post(learner_client, questions["open"], token, answer="x" * 2001)
    assert response.status_code == 422
    assert "at most 2,000 characters" in response.content.decode()


def test_a_question_that_was_edited_since_it_was_shown_is_asked_again(learner_client, questions, learner):
    question = questions["numeric"]
    attempt = Attempt.objects.create(question=question, user=learner)
    old = question.version
    question.spec = {"answer": {**question.spec["answer"], "value": 7}}
    question.save()
    response = learner_client.post(attempt.get_absolute_url(), {"answer": "73856", "version": old})
    assert "edited a moment ago" in response.content.decode()
    attempt.refresh_from_db()
    assert attempt.answered is None


def test_an_answer_keeps_its_judgement_when_the_question_changes_its_kind(learner_client, questions, learner):
    attempt = Attempt.objects.create(question=questions["ordering"], user=learner)
    attempt.submit(attempt.instance.kind.right(attempt.instance.spec, attempt.seed))
    Question.objects.filter(kind="ordering").update(kind="numeric", spec=questions["numeric"].spec)
    text = learner_client.get(attempt.get_absolute_url()).content.decode()
    assert "has been edited since you answered" in text
    assert "Right" in text
    assert "classifier" in text


def test_a_broken_template_gets_a_page_that_says_so(learner_client, questions, learner):
    attempt = Attempt.objects.create(question=questions["variant"], user=learner)
    spec = {**questions["variant"].spec}
    spec["variant"] = {**spec["variant"], "where": "False"}
    Question.objects.filter(slug="a-variant").update(spec=spec)
    for response in (
        learner_client.get(questions["variant"].get_absolute_url()),
        learner_client.get(attempt.get_absolute_url()),
        learner_client.post(attempt.get_absolute_url(), {"answer": "5"}),
    ):
        assert response.status_code == 503
        assert "cannot be shown" in response.content.decode()


def test_a_withdrawn_question_can_no_longer_be_answered(learner_client, questions, learner):
    attempt = Attempt.objects.create(question=questions["numeric"], user=learner)
    Question.objects.filter(kind="numeric").update(status="draft")
    response = learner_client.get(attempt.get_absolute_url())
    assert response.status_code == 410
    learner_client.post(attempt.get_absolute_url(), {"answer": "73856"})
    attempt.refresh_from_db()
    assert attempt.answered is None


def test_related_questions_and_exercises_follow_the_answer(learner_client, questions):
    Question.objects.filter(kind="numeric").update(
        related=["a-shape-question", "secret-draft", "nowhere"], exercises=["max-pool2d", "nothing-here"]
    )
    token, _ = opened(learner_client, questions["numeric"])
    text = post(learner_client, questions["numeric"], token, answer="1").content.decode()
    assert "A shape question" in text
    assert "/exercises/max-pool2d/" in text
    assert "nothing-here" not in text


@pytest.mark.parametrize("kind", [*KIND_FIELDS, "variant"])
def test_a_question_page_takes_few_queries(
    learner_client, questions, learner, kind, django_assert_max_num_queries
):
    question = questions[kind]
    with django_assert_max_num_queries(6):
        assert learner_client.get(question.get_absolute_url()).status_code == 200
    run = practice.start_run(practice.Owner(user_id=learner.pk), [], "", 20)
    attempt = run.attempts.get(question=question)
    with django_assert_max_num_queries(6):
        assert learner_client.get(attempt.get_absolute_url()).status_code == 200
    one = attempt.instance
    attempt.submit(one.kind.right(one.spec, one.seed))
    with django_assert_max_num_queries(6):
        assert learner_client.get(attempt.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(learner_client, questions, method):
    assert getattr(learner_client, method)(questions["shape"].get_absolute_url()).status_code == 405


def test_a_post_without_a_csrf_token_is_refused(questions):
    client = Client(enforce_csrf_checks=True)
    assert client.post(questions["shape"].get_absolute_url(), {"action": "hint"}).status_code == 403
