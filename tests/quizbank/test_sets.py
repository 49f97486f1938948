"""Ready-made sets: their files, what they resolve to, practising them, and who may see what."""

import re

import pytest
from django.test import Client

from quizbank import bank_files, loading, owners, practice, sets
from quizbank.models import Attempt, Bank, PracticeRun, Question, QuestionSet
from quizbank.problems import BankErrors
from tests.quizbank.samples import KIND_FIELDS, content, files, variant

PLAIN = b"""title: A short one
minutes: 15
level: junior
audience: Beginners
description: Two questions.
order: 5
questions:
  - a-shape-question
  - a-open-question
"""
SECTIONED = b"""title: In parts
order: 7
sections:
  - title: Sizes
    covers: [sizes, shares]
    each: 1
  - title: Drawn
    pick: {kinds: [single-choice, multiple-choice, true-false], levels: [junior], count: 2}
  - title: Again
    questions: [a-numeric-question, a-shape-question]
"""


def bank(**changed: bytes) -> dict[str, bytes]:
    """A bank of every kind with two sets; a keyword adds or replaces a set's file."""
    given = files(
        *(content(kind) for kind in KIND_FIELDS if kind not in ("shape", "numeric")),
        content("shape", covers=["sizes"]),
        content("numeric", covers=["sizes", "shares"]),
        variant(covers=["sizes"]),
    )
    parts = {"plain": PLAIN, "parts": SECTIONED, **changed}
    return given | {f"mini/sets/{slug.replace('_', '-')}.yaml": data for slug, data in parts.items()}


def errors(**changed: bytes) -> list[str]:
    with pytest.raises(BankErrors) as caught:
        loading.difference(bank_files.read_bank(bank(**changed)))
    return [str(error) for error in caught.value]


@pytest.fixture
def loaded(db) -> Bank:
    loading.apply(bank_files.read_bank(bank()))
    return Bank.objects.get()


def one(slug: str, owner: owners.Owner | None = None) -> sets.ResolvedSet:
    return sets.resolved(QuestionSet.objects.get(slug=slug), owner or owners.Owner())


def slugs(questions) -> list[str]:
    return [question.slug for question in questions]


def answer(attempt: Attempt, *, right: bool = True) -> None:
    instance = attempt.instance
    raw = instance.kind.right(instance.spec, instance.seed)
    if not right:
        raw = "7 x 7" if attempt.question.kind == "shape" else "1"
    attempt.submit(raw)


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
