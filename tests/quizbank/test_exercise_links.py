"""Exercises and theory point at each other: on the page of the exercise, the question and the topic."""

import pytest

from exercises import catalogue
from quizbank.models import Bank, Question, Topic
from quizbank.templatetags.bank import theory, topic_titles
from quizbank.views.asking import _exercises

SLUG = "max-pool2d"


@pytest.fixture
def exercise() -> catalogue.Exercise:
    return catalogue.load(SLUG)


@pytest.fixture
def topic(db, exercise) -> Topic:
    return Topic.objects.create(slug=exercise.topic, title="Pooling it is", order=3)


@pytest.fixture
def question(topic, exercise) -> Question:
    bank = Bank.objects.create(slug="some-bank", title="Some bank")
    return Question.objects.create(
        bank=bank,
        slug=exercise.questions[0],
        title="Why `max`?",
        topic=topic,
        kind=Question.Kind.OPEN,
        level="junior",
        prompt="Why?",
        status=Question.Status.PUBLISHED,
    )


def test_an_exercise_shows_its_published_questions(client, exercise, question):
    page = client.get(f"/exercises/{SLUG}/").content.decode()
    assert f'<a href="{question.get_absolute_url()}">Why <code>max</code>?</a>' in page
    Question.objects.update(status=Question.Status.DRAFT)
    assert "The theory behind it" not in client.get(f"/exercises/{SLUG}/").content.decode()
    assert not theory(exercise.questions)


def test_a_question_leads_to_exercises_that_name_it(exercise, question):
    assert exercise in _exercises(question)
    question.exercises = ["output-shape", "gone"]
    found = [one.slug for one in _exercises(question)]
    assert found[0] == "output-shape"
    assert SLUG in found
    assert "gone" not in found


def test_a_topic_lists_its_exercises(client, topic):
    page = client.get(f"/topics/{topic.slug}/").content.decode()
    assert f'href="/exercises/{SLUG}/"' in page
    assert 'href="/exercises/output-shape/"' not in page


def test_the_list_is_in_topics_of_the_bank(client, topic):
    page = client.get("/exercises/").content.decode()
    assert 'aria-label="Pooling it is"' in page
    assert page.index('aria-label="Pooling it is"') < page.index(
        'aria-label="Convolution"'
    )  # the bank lacks the second


def test_titles_of_topics_that_the_bank_lacks_are_their_slugs(topic):
    assert topic_titles(["some-where", "pooling"]) == [
        ("pooling", "Pooling it is"),
        ("some-where", "Some where"),
    ]


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("q=max+POOL", True),
        ("q=ceil-mode", True),
        ("q=no+such+thing", False),
        ("q=%3Cscript%3E", False),
        ("framework=numpy", True),
        ("framework=cobol", True),
        ("topic=pooling&level=junior", True),
        ("topic=convolution", False),
    ],
)
def test_the_list_is_searched_and_narrowed(client, db, query, there):
    page = client.get(f"/exercises/?{query}").content.decode()
    assert (f'href="/exercises/{SLUG}/"' in page) == there
    assert "<script>" not in page.partition("<main")[2].replace('<script type="application/json"', "")
