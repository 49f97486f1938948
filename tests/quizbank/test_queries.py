"""How many queries the pages take: bounded, and not growing with the bank."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quizbank import owners, practice
from quizbank.models import Attempt, PracticeRun, Question, QuestionSet
from tests.quizbank.samples import KIND_FIELDS, content, stored

pytestmark = pytest.mark.django_db

MOST = 6  # of a question's page


def count(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("kind", [*KIND_FIELDS, "variant"])
@pytest.mark.parametrize("who", ["stranger_client", "learner_client", "instructor_client"])
def test_a_question_page_takes_few_queries(questions, request, kind, who):
    assert count(request.getfixturevalue(who), questions[kind].get_absolute_url()) <= MOST


@pytest.mark.parametrize("kind", [*KIND_FIELDS, "variant"])
def test_an_attempt_takes_few_queries_before_and_after_its_answer(questions, learner, learner_client, kind):
    question = questions[kind]
    question.related = [other.slug for other in questions.values() if other != question]
    question.save()
    attempt = Attempt.objects.create(question=question, user=learner)
    assert count(learner_client, attempt.get_absolute_url()) <= MOST
    instance = attempt.instance
    attempt.submit(instance.kind.right(instance.spec, instance.seed))
    assert count(learner_client, attempt.get_absolute_url()) <= MOST


def test_a_question_of_a_run_over_a_set_takes_few_queries(questions, learner, learner_client):
    bank = questions["shape"].bank
    row = QuestionSet.objects.create(
        bank=bank, slug="s", title="S", status="published", sections=[{"title": "", "questions": []}]
    )
    run = practice.start_set(owners.Owner(user_id=learner.pk), row, list(questions.values()))
    assert count(learner_client, run.get_absolute_url()) <= MOST
    first = run.attempts.order_by("position").first()
    instance = first.instance
    first.submit(instance.kind.right(instance.spec, instance.seed))
    assert count(learner_client, first.get_absolute_url()) <= MOST


@pytest.mark.parametrize(
    "path",
    ["/", "/topics/", "/topics/basics/", "/practice/", "/sets/s/", "/practice/{run}/summary/", "/history/"],
)
def test_lists_take_no_more_queries_with_more_questions(questions, learner, learner_client, path):
    row = QuestionSet.objects.create(
        bank=questions["shape"].bank,
        slug="s",
        title="S",
        status="published",
        sections=[{"title": "All", "pick": {"count": 100}}, {"title": "Same", "pick": {"count": 3}}],
    )
    owner = owners.Owner(user_id=learner.pk)

    def measured() -> int:
        PracticeRun.objects.all().delete()
        run = practice.start_set(owner, row, list(Question.objects.all()))
        for attempt in run.attempts.all():
            instance = attempt.instance
            attempt.submit(instance.kind.right(instance.spec, instance.seed))
        run.finish()
        return count(learner_client, path.format(run=run.pk))

    measured()  # what is cached for good
    few = measured()
    for i in range(20):
        stored(content("shape", slug=f"more-{i}", title=f"More {i}"))
    assert measured() == few
