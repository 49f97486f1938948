"""Creating and editing questions of every kind through the admin's forms."""

import pytest
from django.urls import reverse
from django.utils import timezone

from quizbank.kinds import KINDS
from quizbank.models import Attempt, Bank, Question, Topic
from tests.quizbank.admin_data import OWN, make_question, question_data

pytestmark = pytest.mark.django_db

LIST = reverse("admin:quizbank_question_changelist")
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture
def bank() -> Bank:
    return Bank.objects.create(slug="small", title="Small")


@pytest.fixture
def topic() -> Topic:
    return Topic.objects.create(slug="pooling", title="Pooling")


def add(client, kind, data):
    return client.post(f"{reverse('admin:quizbank_question_add')}?kind={kind}", data)


def errors_of(response) -> dict[str, list[str]]:
    assert response.status_code == 200, "the form was accepted"
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def test_every_kind_has_a_form():
    assert set(OWN) == set(KINDS) == set(Question.Kind.values)


@pytest.mark.parametrize("kind", list(OWN))
def test_a_question_of_each_kind_can_be_created(instructor_client, bank, topic, kind):
    response = add(instructor_client, kind, question_data(kind, bank, topic))
    assert response.status_code == 302, errors_of(response)
    question = Question.objects.get()
    assert (question.kind, question.spec) == (kind, OWN[kind][1])
    assert question.hints == ["Count the pixels."]
    assert question.tags == ["kernels", "receptive-field"]
    assert question.references == ["Dumoulin and Visin, A guide to convolution arithmetic, 2016"]
    assert (question.status, question.seconds) == ("draft", 45)


@pytest.mark.parametrize("kind", list(OWN))
def test_the_form_of_each_kind_shows_what_is_stored(instructor_client, bank, topic, kind):
    """What the form shows, sent back unchanged, changes nothing."""
    question = make_question(kind, bank, topic)
    url = reverse("admin:quizbank_question_change", args=[question.pk])
    form = instructor_client.get(url).context["adminform"].form
    changes = {"slug": question.slug, "title": question.title, "prompt": "Why not?", "pitfalls": ""}
    response = instructor_client.post(url, question_data(kind, bank, topic, **changes))
    assert response.status_code == 302, errors_of(response)
    question.refresh_from_db()
    assert question.prompt == "Why not?"
    assert question.spec == OWN[kind][1]
    assert form.instance.pk == question.pk


def test_the_page_of_a_new_question_lets_choose_the_kind(instructor_client):
    page = instructor_client.get(reverse("admin:quizbank_question_add")).text
    for kind, label in Question.Kind.choices:
        assert f"?kind={kind}" in page
        assert label in page


def test_an_unknown_kind_is_asked_for_again(instructor_client):
    response = instructor_client.get(f"{reverse('admin:quizbank_question_add')}?kind=essay")
    assert "?kind=open" in response.text


def test_a_variant_is_written_as_yaml_and_shown_again(instructor_client, bank, topic):
    variant = (
        "draw:\n  n: {from: 8, to: 32, step: 8}\nlet:\n  out: conv_output_size(n, 3)\nexample: {n: 16}\n"
    )
    data = question_data("numeric", bank, topic, variant=variant, value="=out", prompt="Side after {= n }?")
    assert add(instructor_client, "numeric", data).status_code == 302
    question = Question.objects.get()
    assert question.is_variant
    assert question.spec["variant"]["draw"] == [{"name": "n", "from": 8, "to": 32, "step": 8}]
    url = reverse("admin:quizbank_question_change", args=[question.pk])
    shown = instructor_client.get(url).context["adminform"].form["variant"].value()
    instructor_client.post(url, {**data, "variant": shown})
    before = question.spec
    question.refresh_from_db()
    assert question.spec == before


WRONG = [
    ("single-choice", {"options-0-correct": None}, "options", "exactly one option"),
    ("single-choice", {"options-1-correct": "on"}, "options", "exactly one option"),
    ("single-choice", {"options-1-why": ""}, "options", "Entry 2, why"),
    ("single-choice", {"options-1-text": "A larger field of view"}, "options", "Entry 2, text"),
    ("multiple-choice", {"options-2-correct": "on"}, "options", "at least one right and one wrong"),
    ("true-false", {"value": ""}, "value", "Is missing"),
    ("true-false", {"why": ""}, "why", "Is missing"),
    ("numeric", {"value": ""}, "value", "Is missing"),
    ("numeric", {"value": "many"}, "value", "a number or an expression"),
    ("numeric", {"value": "=1/0"}, "value", "divides by zero"),
    ("numeric", {"value": "=__import__('os')"}, "value", "not a function"),
    ("numeric", {"tolerance": "90%"}, "tolerance", "a share up to 50%"),
    ("numeric", {"unit": "x" * 41}, "unit", "40 characters"),
    ("numeric", {"variant": "draw: [unclosed"}, "variant", "Line 1"),
    ("numeric", {"variant": "draw: {n: {from: 9, to: 3}}"}, "variant", "Draw, n, to"),
    ("numeric", {"variant": "draw: {n: {choice: [1, 2]}}", "value": "=m"}, "value", "“m” is not defined"),
    ("shape", {"shape": ""}, "shape", "entries are expected"),
    ("shape", {"shape": "1, two"}, "shape", "Entry 2"),
    ("short-text", {"accept": "..."}, "accept", "Entry 1"),
    ("short-text", {"accept_pattern": "(a+)+"}, "accept_pattern", "Entry 1"),
    ("ordering", {"items": "one\ntwo"}, "items", "3 to 9 entries"),
    ("matching", {"pairs-1-right": ""}, "pairs", "Entry 2, right"),
    ("matching", {"distractors": "averages"}, "distractors", "Entry 1"),
    ("open", {"rubric-0-weight": "99"}, "rubric", "Entry 1, weight"),
    ("open", {"rubric-1-point": ""}, "rubric", "2 to 12 entries"),
    ("open", {"title": ""}, "title", "required"),
    ("open", {"title": "t" * 161}, "title", "160"),
    ("open", {"slug": "Not A Slug"}, "slug", "valid"),
    ("open", {"prompt": ""}, "prompt", "Is missing"),
    ("open", {"prompt": "a\0b"}, "prompt", "Null characters"),
    ("open", {"prompt": "## A section"}, "prompt", "headings"),
    ("open", {"prompt": "{= 1 +  }"}, "prompt", "not an arithmetic expression"),
    ("open", {"hint_1": ""}, "hint_1", "Is missing"),
    ("open", {"hint_2": "```\nopen block"}, "hint_2", "not closed"),
    ("open", {"worked_answer": "{= missing }"}, "worked_answer", "“missing” is not defined"),
    ("open", {"tags": "Upper Case"}, "tags", "Entry 1"),
    ("open", {"seconds": "2"}, "seconds", "5 to 3600"),
    ("open", {"given": "12, many"}, "given", "Entry 2"),
    ("open", {"related": "not/a slug"}, "related", "Entry 1"),
    ("open", {"level": "boss"}, "level", "valid choice"),
    ("open", {"topic": "999999"}, "topic", "valid choice"),
]


@pytest.mark.parametrize(("kind", "changes", "field", "text"), WRONG)
def test_an_error_names_its_field_and_nothing_is_stored(
    instructor_client, bank, topic, kind, changes, field, text
):
    data = {**question_data(kind, bank, topic), **changes}
    data = {name: value for name, value in data.items() if value is not None}
    found = errors_of(add(instructor_client, kind, data))
    assert list(found) == [field]
    assert len(found[field]) == 1
    assert text.lower() in found[field][0].lower(), found
    assert not Question.objects.exists()


def test_all_errors_show_at_once_also_when_bank_and_topic_are_missing(instructor_client, bank, topic):
    wrong = {"bank": "", "topic": "", "slug": "", "title": "", "value": "", "hint_1": "", "prompt": ""}
    found = errors_of(add(instructor_client, "numeric", {**question_data("numeric", bank, topic), **wrong}))
    assert set(found) == set(wrong)
    assert all(len(errors) == 1 for errors in found.values())


def test_what_was_typed_is_still_there_after_an_error(instructor_client, bank, topic):
    data = question_data("single-choice", bank, topic, **{"options-3-text": "A fourth option"})
    page = add(instructor_client, "single-choice", data).text
    assert "A fourth option" in page
    assert "Each output sees more pixels." in page


def test_a_slug_that_is_taken_is_refused(instructor_client, bank, topic):
    make_question("open", bank, topic, slug="taken")
    found = errors_of(add(instructor_client, "open", question_data("open", bank, topic, slug="taken")))
    assert "already exists" in found["slug"][0]


def test_an_option_row_between_empty_ones_counts(instructor_client, bank, topic):
    data = question_data("single-choice", bank, topic)
    data["options-7-text"], data["options-7-why"] = "Far below", "Not so."
    assert add(instructor_client, "single-choice", data).status_code == 302
    assert [option["text"] for option in Question.objects.get().spec["options"]][-1] == "Far below"


@pytest.mark.parametrize("kind", list(OWN))
def test_the_kind_of_a_stored_question_stays(instructor_client, bank, topic, kind):
    question = make_question(kind, bank, topic)
    url = reverse("admin:quizbank_question_change", args=[question.pk])
    instructor_client.post(f"{url}?kind=open", question_data(kind, bank, topic, slug=question.slug))
    question.refresh_from_db()
    assert question.kind == kind


@pytest.mark.parametrize("kind", list(OWN))
def test_hostile_html_is_escaped_on_every_page(instructor_client, bank, topic, kind):
    values = {"title": HOSTILE[:150], "prompt": HOSTILE, "hint_1": HOSTILE, "worked_answer": HOSTILE}
    assert add(instructor_client, kind, question_data(kind, bank, topic, **values)).status_code == 302
    pk = Question.objects.get().pk
    pages = [
        LIST,
        reverse("admin:quizbank_question_change", args=[pk]),
        reverse("admin:quizbank_question_history", args=[pk]),
        reverse("admin:quizbank_question_delete", args=[pk]),
        reverse("admin:index"),
    ]
    for page in pages:
        text = instructor_client.get(page).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


# The list


def test_list_filters_and_search(instructor_client, bank, topic):
    make_question("open", bank, topic, slug="draft-one", title="A draft", status="draft")
    make_question("numeric", bank, topic, slug="counting", title="Counting weights", tags=["parameters"])
    for query, titles in {
        "status__exact=draft": {"A draft"},
        "kind__exact=numeric": {"Counting weights"},
        f"topic__id__exact={topic.pk}": {"A draft", "Counting weights"},
        "level__exact=senior": set(),
        "q=counting": {"Counting weights"},
        "q=parameters": {"Counting weights"},
    }.items():
        found = instructor_client.get(f"{LIST}?{query}").context["cl"].queryset
        assert {question.title for question in found} == titles, query


@pytest.mark.parametrize(
    ("action", "before", "after"), [("publish", "draft", "published"), ("unpublish", "published", "draft")]
)
def test_publish_and_unpublish_many_at_once(
    instructor_client, instructor, bank, topic, action, before, after
):
    changing = [make_question("open", bank, topic, slug=f"q-{i}", status=before) for i in range(2)]
    other = make_question("open", bank, topic, slug="other", status=before)
    chosen = [question.pk for question in changing]
    response = instructor_client.post(LIST, {"action": action, "_selected_action": chosen}, follow=True)
    assert "2 of 2 questions changed" in response.text
    assert set(Question.objects.filter(pk__in=chosen).values_list("status", flat=True)) == {after}
    other.refresh_from_db()
    assert other.status == before
    version = changing[0].history.first()
    assert (version.status, version.history_user) == (after, instructor)


def test_publishing_takes_the_right_to_change(learner, learner_client, bank, topic):
    learner.is_staff = True
    learner.save()
    question = make_question("open", bank, topic, status="draft")
    learner_client.post(LIST, {"action": "publish", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.status == "draft"


def test_how_a_question_does_is_shown(instructor_client, bank, topic, learner):
    question = make_question("true-false", bank, topic)
    now = timezone.now()
    for correct in (True, True, False):
        Attempt.objects.create(question=question, user=learner, correct=correct, answered=now)
    Attempt.objects.create(question=question, user=learner)  # shown, not answered
    page = instructor_client.get(LIST)
    row = page.context["cl"].queryset.get()
    assert (row.answers, row.right_answers) == (3, 2)
    assert "67 %" in page.text


def test_the_list_takes_as_many_queries_for_many_questions_as_for_one(
    instructor_client, bank, topic, django_assert_max_num_queries
):
    for i in range(30):
        make_question("open", bank, topic, slug=f"q-{i}")
    with django_assert_max_num_queries(20):
        instructor_client.get(LIST)


# Figures and advice


def answer(question, value, correct, **fields):
    given = {"value": value, "version": question.version}
    Attempt.objects.create(
        question=question, answer=given, correct=correct, answered=timezone.now(), **fields
    )


def figures(client, question):
    url = reverse("admin:quizbank_question_change", args=[question.pk])
    return client.get(url).context["performance"]


def test_the_page_shows_which_option_attracts_how_many(instructor_client, bank, topic):
    question = make_question("single-choice", bank, topic)
    for i, (value, correct) in enumerate([([0], True), ([1], False), ([1], False), ([2], False)]):
        answer(question, value, correct, session_key=str(i), hints_used=i % 2)
    found = figures(instructor_client, question)
    assert (found.answers, found.right, found.hints) == (4, "25 %", "0.5")
    assert [(option.correct, option.share) for option in found.options] == [
        (True, "25 %"),
        (False, "50 %"),
        (False, "25 %"),
    ]


def test_answers_to_an_earlier_wording_do_not_count_for_the_options(instructor_client, bank, topic):
    question = make_question("true-false", bank, topic)
    answer(question, True, False, session_key="a")
    question.spec = {**question.spec, "answer": {"value": True}}
    question.save()
    answer(question, True, True, session_key="b")
    found = figures(instructor_client, question)
    assert found.answers == 2
    assert [(option.text, option.correct, option.count) for option in found.options] == [
        ("True", True, 1),
        ("False", False, 0),
    ]


def test_a_question_without_answers_shows_no_figures(instructor_client, bank, topic):
    assert figures(instructor_client, make_question("matching", bank, topic)).answers == 0


def test_saving_warns_of_what_learners_would_stumble_over(instructor_client, bank, topic):
    data = question_data("numeric", bank, topic, worked_answer="It is 73,728.", pitfalls="")
    data |= {"related": "nowhere", "exercises": "no-such-exercise"}
    response = instructor_client.post(
        f"{reverse('admin:quizbank_question_add')}?kind=numeric", data, follow=True
    )
    warnings = [str(message) for message in response.context["messages"] if message.level_tag == "warning"]
    assert len(warnings) == 4
    for text in ("73,728", "Pitfalls", "“nowhere”", "“no-such-exercise”"):
        assert any(text in warning for warning in warnings), text
    assert Question.objects.exists()


def test_a_clean_question_is_saved_without_a_warning(instructor_client, bank, topic):
    data = question_data("numeric", bank, topic)
    response = instructor_client.post(
        f"{reverse('admin:quizbank_question_add')}?kind=numeric", data, follow=True
    )
    assert [message.level_tag for message in response.context["messages"]] == ["success"]
