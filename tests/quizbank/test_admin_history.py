"""Versions of a question: listed with what changed, and brought back."""

import pytest
from django.urls import reverse

from quizbank.admin.differences import Line, line_difference
from quizbank.models import Bank, Question, Topic
from tests.clocks import little_work
from tests.quizbank.admin_data import OWN, make_question, question_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> tuple[Bank, Topic]:
    return Bank.objects.create(slug="small", title="Small"), Topic.objects.create(
        slug="pooling", title="Pooling"
    )


def edit(client, question, **changes):
    data = question_data(question.kind, question.bank, question.topic, slug=question.slug, **changes)
    url = reverse("admin:quizbank_question_change", args=[question.pk])
    assert client.post(url, data).status_code == 302


def test_each_save_makes_a_version_with_its_author(instructor_client, instructor, place):
    question = make_question("single-choice", *place)
    edit(instructor_client, question, prompt="First?")
    edit(instructor_client, question, prompt="Second?")
    versions = list(question.history.all())
    assert [version.prompt for version in versions] == ["Second?", "First?", "Why?"]
    assert [version.history_user for version in versions] == [instructor, instructor, None]


def test_the_history_page_shows_the_changed_lines(instructor_client, place):
    question = make_question("numeric", *place, prompt="Kept line\nOld line")
    edit(instructor_client, question, prompt="Kept line\nNew line", value="42")
    page = instructor_client.get(reverse("admin:quizbank_question_history", args=[question.pk])).text
    assert "Old line" in page
    assert "New line" in page
    assert "stride-diff__line--removed" in page
    assert "=3*3*64*128" in page  # the old value inside the spec


def test_hostile_text_in_a_difference_is_escaped(instructor_client, place):
    question = make_question("open", *place)
    edit(instructor_client, question, prompt="<script>alert(1)</script>")
    page = instructor_client.get(reverse("admin:quizbank_question_history", args=[question.pk])).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("kind", list(OWN))
def test_revert_brings_back_a_version_of_every_kind(instructor_client, place, kind):
    question = make_question(kind, *place)
    first = question.history.get()
    data = question_data(kind, *place, slug=question.slug, title=question.title, prompt="Why?")
    data |= {"hint_1": "Think.", "worked_answer": "Because.", "pitfalls": "", "tags": "", "references": ""}
    data |= {"level": "mid", "status": "published", "seconds": "60"}
    question.prompt, question.spec, question.hints = "Broken", {"options": [], "answer": {}}, ["Other"]
    question.save()
    url = reverse("admin:quizbank_question_simple_history", args=[question.pk, first.pk])
    assert instructor_client.get(url).status_code == 200
    assert instructor_client.post(url, data).status_code == 302
    question.refresh_from_db()
    assert (question.prompt, question.spec, question.hints) == ("Why?", OWN[kind][1], ["Think."])
    assert question.history.count() == 3


def test_the_form_of_an_old_version_shows_the_old_content(instructor_client, place):
    question = make_question("single-choice", *place)
    first = question.history.get()
    edit(instructor_client, question, prompt="Changed since", **{"options-0-text": "Changed as well"})
    url = reverse("admin:quizbank_question_simple_history", args=[question.pk, first.pk])
    form = instructor_client.get(url).context["adminform"].form
    assert form["prompt"].value() == "Why?"
    assert form["options"].value()[0]["text"] == "A larger field of view"


def test_reverting_does_not_forget_the_file_that_was_loaded_last(instructor_client, place):
    """Else the loader would take the reverted question for one that nobody has edited."""
    question = make_question("open", *place, file_digest="old")
    first = question.history.get()
    Question.objects.filter(pk=question.pk).update(file_digest="new")
    data = question_data("open", *place, slug=question.slug)
    url = reverse("admin:quizbank_question_simple_history", args=[question.pk, first.pk])
    assert instructor_client.post(url, data).status_code == 302
    question.refresh_from_db()
    assert question.file_digest == "new"


def test_a_version_of_another_question_is_not_found(instructor_client, place):
    one, two = make_question("open", *place), make_question("numeric", *place)
    url = reverse("admin:quizbank_question_simple_history", args=[one.pk, two.history.get().pk])
    assert instructor_client.get(url).status_code == 404


def test_differences_keep_a_little_around_the_change():
    before = "\n".join("abcdefghij")
    assert line_difference(before, before.replace("e", "X")) == [
        Line("same", "c"),
        Line("same", "d"),
        Line("removed", "e"),
        Line("added", "X"),
        Line("same", "f"),
        Line("same", "g"),
    ]


def test_a_huge_difference_is_counted_and_not_computed():
    lines = line_difference("\n".join(map(str, range(600))), "\n".join(map(str, range(1, 601))))
    assert [line.mark for line in lines] == ["skipped"]


def test_repeated_lines_cost_little():
    with little_work():  # the plain algorithm takes several seconds
        assert line_difference("a\n" * 480, "a\nb\n" * 240)


def test_equal_values_have_no_difference():
    assert line_difference({"b": 1}, {"b": 1}) == []
