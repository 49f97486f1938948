"""Ready-made sets: their files, and what they resolve to."""

import pytest

from quizbank import bank_files, loading, owners, sets
from quizbank.models import Question, QuestionSet
from quizbank.problems import BankErrors
from tests.quizbank.samples import content, files
from tests.quizbank.set_data import PLAIN, SECTIONED, answer, bank, errors, loaded, one, slugs

__all__ = ["loaded"]  # a fixture

# Files


def test_a_set_is_loaded_with_all_that_its_file_says(loaded):
    row = QuestionSet.objects.get(slug="plain")
    assert (row.title, row.minutes, row.level, row.audience) == ("A short one", 15, "junior", "Beginners")
    assert (row.status, row.order, row.description) == ("published", 5, "Two questions.")
    assert row.sections == [{"title": "", "questions": ["a-shape-question", "a-open-question"]}]


def test_sets_go_out_and_come_back_the_same(loaded):
    written = loading.files_of(loaded)
    assert {name for name in written if "/sets/" in name} == {"mini/sets/plain.yaml", "mini/sets/parts.yaml"}
    assert bank_files.read_bank(written).sets == tuple(
        sorted(bank_files.read_bank(bank()).sets, key=lambda one: one.slug)
    )
    again = loading.apply(bank_files.read_bank(written))
    assert {change.action for change in again} == {"unchanged"}
    assert loading.files_of(loaded) == written


def test_a_deleted_question_leaves_the_sets_that_are_written(loaded):
    Question.objects.get(slug="a-open-question").delete()
    written = loading.files_of(loaded)
    assert b"a-open-question" not in written["mini/sets/plain.yaml"]
    loading.apply(bank_files.read_bank(written))


@pytest.mark.django_db
def test_an_unknown_question_is_an_error_with_file_and_line():
    data = PLAIN.replace(b"a-open-question", b"nowhere")
    assert errors(plain=data) == [
        "mini/sets/plain.yaml:9: questions[2]: this bank has no question “nowhere”: write its slug, "
        "or take it out"
    ]
    data = SECTIONED.replace(b"a-shape-question]", b"nowhere]")
    assert "mini/sets/parts.yaml:10: sections[3].questions[2]" in errors(parts=data)[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"title: A\n", "x.yaml:1: one of questions, covers and pick is expected, none is here"),
        (b"title: A\nquestions: []\ncovers: []\n", "not questions and covers"),
        (b"title: A\npick: {kinds: [essay], count: 3}\n", "x.yaml:2: pick.kinds[1]: one of single-choice"),
        (b"title: A\npick: {levels: [junior]}\n", "x.yaml:2: pick.count: is missing"),
        (b"title: A\npick: {count: 3, colour: red}\n", "x.yaml:2: pick.colour: is not a known field"),
        (b"title: A\nlevel: expert\nquestions: []\n", "x.yaml:2: level: one of "),
        (b"title: A\nsections:\n  - questions: []\n", "x.yaml:3: sections[1].title: is missing"),
        (b"title: A\nquestions: [a-shape-question, a-shape-question]\n", "names an entry twice"),
        (b"title: [\n", "x.yaml:2: is not valid YAML"),
        (b"\xff", "x.yaml:1: UTF-8"),
    ],
)
def test_a_broken_set_names_file_line_and_field(data, place):
    assert place in "\n".join(errors(x=data))


@pytest.mark.django_db
def test_a_set_of_another_bank_is_not_taken_over(loaded):
    theirs = files(content("open", slug="theirs"), bank="other")
    theirs["other/sets/plain.yaml"] = b"title: Mine\nquestions: [theirs]\n"
    with pytest.raises(BankErrors, match="is taken by the bank “A small bank”"):
        loading.apply(bank_files.read_bank(theirs))


def test_a_set_whose_file_is_gone_becomes_a_draft_and_comes_back(loaded):
    rest = {name: data for name, data in bank().items() if name != "mini/sets/plain.yaml"}
    changes = loading.apply(bank_files.read_bank(rest))
    assert [(c.slug, c.action) for c in changes if c.what == "set"] == [
        ("parts", "unchanged"),
        ("plain", "draft"),
    ]
    assert QuestionSet.objects.get(slug="plain").status == "draft"
    loading.apply(bank_files.read_bank(bank()), overwrite=False)
    assert QuestionSet.objects.get(slug="plain").status == "published"


def test_an_edited_set_is_kept_unless_overwritten(loaded):
    QuestionSet.objects.filter(slug="plain").update(title="Edited")
    parsed = bank_files.read_bank(bank())
    loading.apply(parsed, overwrite=False)
    assert QuestionSet.objects.get(slug="plain").title == "Edited"
    loading.apply(parsed)
    assert QuestionSet.objects.get(slug="plain").title == "A short one"


# Resolving


def test_sections_hold_what_they_say(loaded):
    parts = one("parts")
    sizes, drawn, again = parts.sections
    assert slugs(sizes.questions) == ["a-shape-question", "a-numeric-question"]
    assert {question.kind for question in drawn.questions} == {
        "single-choice",
        "multiple-choice",
        "true-false",
    }
    assert (drawn.asked, drawn.is_drawn) == (2, True)
    assert slugs(again.questions) == ["a-numeric-question", "a-shape-question"]
    assert (parts.size, parts.total) == (5, 5)


def test_all_questions_of_an_entry_unless_the_set_wants_fewer(loaded):
    QuestionSet.objects.filter(slug="parts").update(sections=[{"title": "", "covers": ["sizes"], "each": 0}])
    assert sorted(slugs(one("parts").questions)) == ["a-numeric-question", "a-shape-question", "a-variant"]
    QuestionSet.objects.filter(slug="parts").update(
        sections=[{"title": "", "pick": {"kinds": ["shape", "numeric"], "variants": True, "count": 9}}]
    )
    assert slugs(one("parts").questions) == ["a-variant"]


def test_a_run_over_the_whole_leaves_extra_sections_out(loaded, learner):
    parts = QuestionSet.objects.get(slug="parts").sections
    QuestionSet.objects.filter(slug="parts").update(sections=[parts[0], {**parts[1], "extra": True}])
    owner = owners.Owner(user_id=learner.pk)
    assert (one("parts").size, one("parts").total, len(one("parts").sections)) == (2, 2, 2)
    assert sets.start(one("parts"), owner).attempts.count() == 2
    extra = sets.start(one("parts"), owner, section=1)
    assert {a.question.kind for a in extra.attempts.all()} <= {
        "single-choice",
        "multiple-choice",
        "true-false",
    }
    written = loading.files_of(loaded)
    assert b"extra: true" in written["mini/sets/parts.yaml"]
    assert {c.action for c in loading.difference(bank_files.read_bank(written))} == {"unchanged"}


def test_withdrawn_questions_drop_out(loaded):
    Question.objects.filter(slug="a-shape-question").update(status="draft")
    assert slugs(one("plain").questions) == ["a-open-question"]
    assert slugs(one("parts").sections[0].questions) == ["a-variant", "a-numeric-question"]


def test_a_run_asks_the_set_in_its_order_and_each_question_once(loaded, learner):
    owner = owners.Owner(user_id=learner.pk)
    run = sets.start(one("parts"), owner)
    asked = [attempt.question.slug for attempt in run.attempts.order_by("position")]
    assert asked[:2] == ["a-shape-question", "a-numeric-question"]
    assert len(asked) == len(set(asked)) == 4  # two of a rule, and a section that repeats
    assert run.question_set.slug == "parts"


def test_a_rule_draws_what_is_new_first(loaded, learner):
    owner = owners.Owner(user_id=learner.pk)
    first = sets.start(one("parts", owner), owner, section=1)
    for attempt in first.attempts.all():
        answer(attempt)
    second = sets.start(one("parts", owner), owner, section=1)
    new = {a.question_id for a in second.attempts.all()} - {a.question_id for a in first.attempts.all()}
    assert len(new) == 1


def test_only_what_is_unsolved_or_everything_once_all_is_solved(loaded, learner):
    owner = owners.Owner(user_id=learner.pk)
    first, _ = sets.start(one("plain", owner), owner).attempts.order_by("position")
    answer(first)
    rest = sets.start(one("plain", owner), owner, unsolved=True)
    assert [a.question.slug for a in rest.attempts.all()] == ["a-open-question"]
    assert sets.start(one("plain", owner), owner).attempts.count() == 2
    attempt = rest.attempts.get()
    attempt.submit({"text": "Because", "points": [1, 2, 3]})
    assert sets.start(one("plain", owner), owner, unsolved=True).attempts.count() == 2
    progress = one("plain", owner)
    assert (progress.solved, progress.is_done, progress.reached) == (2, True, 2)


def test_a_set_lasts_as_long_as_it_says_or_as_its_questions(loaded):
    assert one("plain").minutes == 15
    assert one("parts").minutes == 5  # five of 60 s
