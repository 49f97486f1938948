"""Banks: reading all files, comparing, storing all or nothing, and the way back."""

import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from quizbank import bank_files, loading
from quizbank.content import check, of_row
from quizbank.models import Attempt, Bank, Question, Topic
from quizbank.problems import BankErrors
from tests.quizbank.samples import KIND_FIELDS, content, files, stored, variant

pytestmark = pytest.mark.django_db


def errors(given):
    with pytest.raises(BankErrors) as caught:
        bank_files.read_bank(given)
    return [str(error) for error in caught.value]


def actions(changes, what="question"):
    return {change.slug: change.action for change in changes if change.what == what}


def snapshot():
    rows = [of_row(question) for question in Question.objects.select_related("topic").order_by("slug")]
    topics = list(
        Topic.objects.order_by("slug").values("slug", "title", "order", "intro", "prerequisites__slug")
    )
    return rows, topics, list(Bank.objects.values("slug", "title", "description"))


def test_a_bank_is_loaded_with_all_that_its_files_say():
    loading.apply(bank_files.read_bank(files()))
    assert Bank.objects.get().title == "A small bank"
    assert Topic.objects.get().intro == "All about it."
    assert Question.objects.published().count() == len(KIND_FIELDS)
    assert of_row(Question.objects.select_related("topic").get(kind="shape")) == content("shape")


def test_loading_twice_changes_nothing():
    parsed = bank_files.read_bank(files())
    loading.apply(parsed)
    before = snapshot()
    history = Question.history.count()
    changes = loading.apply(parsed)
    assert {change.action for change in changes} == {"unchanged"}
    assert snapshot() == before
    assert Question.history.count() == history


def test_the_difference_tells_what_apply_does_and_writes_nothing():
    loading.apply(bank_files.read_bank(files()))
    changed = bank_files.read_bank(files(content("shape", title="Another title"), content("open"), variant()))
    before = snapshot()
    difference = loading.difference(changed)
    assert snapshot() == before
    assert actions(difference)["a-shape-question"] == "update"
    assert actions(difference)["a-open-question"] == "unchanged"
    assert actions(difference)["a-variant"] == "create"
    assert actions(difference)["a-numeric-question"] == "draft"
    title = next(change for change in difference if change.slug == "a-shape-question").fields[0]
    assert (title.name, title.before, title.after) == ("title", "A shape question", "Another title")
    assert loading.apply(changed) == difference


def test_a_question_whose_file_is_gone_is_hidden_and_keeps_its_attempts():
    loading.apply(bank_files.read_bank(files()))
    gone = Question.objects.get(kind="shape")
    Attempt.objects.create(question=gone)
    rest = files(*(content(kind) for kind in KIND_FIELDS if kind != "shape"))
    assert actions(loading.apply(bank_files.read_bank(rest)))["a-shape-question"] == "draft"
    gone.refresh_from_db()
    assert gone.status == "draft"
    assert gone.attempts.count() == 1
    assert "a-shape-question" not in actions(loading.apply(bank_files.read_bank(rest)))
    assert (
        actions(loading.apply(bank_files.read_bank(files()), overwrite=False))["a-shape-question"] == "update"
    )
    gone.refresh_from_db()
    assert gone.status == "published"


def test_missing_questions_can_be_left_alone():
    loading.apply(bank_files.read_bank(files()))
    loading.apply(bank_files.read_bank(files(variant())), missing="keep")
    assert Question.objects.published().count() == len(KIND_FIELDS) + 1


def test_questions_made_in_the_admin_survive_a_load():
    stored(content("open", slug="made-by-hand"))
    changes = loading.apply(bank_files.read_bank(files()))
    assert "made-by-hand" not in actions(changes)
    assert Question.objects.get(slug="made-by-hand").status == "published"


def test_an_edit_in_the_admin_is_kept_unless_overwritten():
    parsed = bank_files.read_bank(files())
    loading.apply(parsed)
    Question.objects.filter(kind="shape").update(title="Edited by an instructor")
    assert actions(loading.apply(parsed, overwrite=False))["a-shape-question"] == "kept"
    assert Question.objects.get(kind="shape").title == "Edited by an instructor"
    assert actions(loading.apply(parsed))["a-shape-question"] == "update"
    assert Question.objects.get(kind="shape").title == "A shape question"


def test_attempts_survive_a_change_of_their_question():
    loading.apply(bank_files.read_bank(files()))
    question = Question.objects.get(kind="shape")
    Attempt.objects.create(question=question)
    loading.apply(bank_files.read_bank(files(content("shape", prompt="New words"))))
    assert Attempt.objects.get().question.prompt == "New words"


def test_a_bank_goes_out_and_comes_back_the_same():
    given = files(
        *(content(kind) for kind in KIND_FIELDS), variant(), content("open", slug="x", status="draft")
    )
    loading.apply(bank_files.read_bank(given))
    written = loading.files_of(Bank.objects.get())
    assert bank_files.read_bank(written) == bank_files.read_bank(given)
    assert {change.action for change in loading.difference(bank_files.read_bank(written))} == {"unchanged"}
    assert bank_files.read_bank(loading.files_of(Bank.objects.get())) == bank_files.read_bank(written)


def test_a_stored_question_passes_the_check_that_the_admin_asks():
    loading.apply(bank_files.read_bank(files()))
    for question in Question.objects.select_related("topic"):
        assert check(question) == []
    question.spec = {"answer": {}}
    assert check(question)


def test_a_topic_may_build_on_one_that_comes_later():
    given = files(content("shape", topic="advanced"), content("open"))
    given["mini/advanced/topic.yaml"] = b"title: Advanced\nprerequisites: [basics]\n"
    loading.apply(bank_files.read_bank(given))
    assert [t.slug for t in Topic.objects.get(slug="advanced").prerequisites.all()] == ["basics"]


def test_an_unknown_prerequisite_is_an_error():
    given = files()
    given["mini/basics/topic.yaml"] = b"title: Basics\nprerequisites: [nowhere]\n"
    with pytest.raises(BankErrors, match="no topic “nowhere”"):
        loading.apply(bank_files.read_bank(given))
    assert not Bank.objects.exists()


def test_a_slug_of_another_bank_is_not_taken_over():
    loading.apply(bank_files.read_bank(files()))
    other = bank_files.read_bank(files(content("shape", title="Mine"), bank="other"))
    with pytest.raises(BankErrors, match="is taken by the bank “A small bank”"):
        loading.difference(other)
    with pytest.raises(BankErrors):
        loading.apply(other)
    assert Question.objects.get(kind="shape").title == "A shape question"
    assert not Bank.objects.filter(slug="other").exists()


def test_all_errors_of_a_bank_are_named_at_once_with_file_and_line():
    given = files()
    given["mini/basics/a-shape-question.md"] = given["mini/basics/a-shape-question.md"].replace(
        b"junior", b"expert"
    )
    given["mini/basics/a-open-question.md"] = b"nothing"
    given["mini/bank.yaml"] = b"title: A\nowner: me\n"
    found = errors(given)
    assert len(found) == 3
    assert found[0].startswith("mini/bank.yaml:2: owner: is not a known field")
    assert found[1].startswith("mini/basics/a-open-question.md:1: a line “---”")
    assert found[2].startswith("mini/basics/a-shape-question.md:4: level: one of junior")


@pytest.mark.parametrize(
    "name",
    [
        "../evil/basics/x.md",
        "mini/../../etc/passwd",
        "/mini/basics/x.md",
        "mini//basics/x.md",
        "mini\\basics\\x.md",
        "mini/basics/x.exe",
        "mini/basics/deeper/x.md",
        "mini/basics/Ünicode.md",
        "mini/basics/UPPER.md",
        "mini/basics/--.md",
        "mini/basics/" + "x" * 81 + ".md",
        "x.md",
        "mini/basics/x\0.md",
        "",
    ],
)
def test_a_strange_file_name_is_an_error(name):
    assert any("expected" in error for error in errors({**files(), name: b"x"}))


@pytest.mark.parametrize(
    "name", ["mini/README.md", "mini/.DS_Store", "__MACOSX/mini/._x.md", ".git/config", "mini/coverage.yaml"]
)
def test_by_products_of_other_tools_are_passed_over(name):
    assert bank_files.read_bank({**files(), name: b"\x00\x01"}) == bank_files.read_bank(files())


def test_two_files_of_one_slug_are_an_error():
    given = files(content("shape"), content("shape", topic="other"))
    assert any("is taken by basics/a-shape-question.md" in error for error in errors(given))


def test_a_bank_without_its_yaml_files_is_an_error():
    given = files()
    del given["mini/bank.yaml"], given["mini/basics/topic.yaml"]
    found = errors(given)
    assert any("mini/bank.yaml: is missing" in error for error in found)
    assert any("mini/basics/topic.yaml: is missing" in error for error in found)


def test_nothing_and_two_banks_are_no_bank():
    assert "no bank is here" in errors({})[0]
    assert "these are 2" in errors({**files(), **files(content("open", slug="y"), bank="two")})[0]


@pytest.mark.parametrize("data", [b"title: \xff", b"title: a\0b", b"title: [", b"- list", b"x" * 70_000, b""])
def test_a_broken_yaml_file_is_an_error(data):
    assert any(error.startswith("mini/bank.yaml") for error in errors({**files(), "mini/bank.yaml": data}))


def test_too_many_or_too_large_files_are_refused_with_the_limit(monkeypatch):
    monkeypatch.setattr(bank_files, "MAX_FILES", 5)
    monkeypatch.setattr(bank_files, "MAX_TOTAL", 2**20)
    found = errors({**files(), **{f"mini/basics/big-{i}.md": b"x" * 2**17 for i in range(9)}})
    assert any("at most 5 files" in error for error in found)
    assert any("at most 1 MB" in error for error in found)


def test_a_failure_while_storing_leaves_everything_as_it_was(monkeypatch):
    parsed = bank_files.read_bank(files())
    first = parsed.questions[0]
    broken = replace(parsed, questions=(first, replace(parsed.questions[1], topic="nowhere")))
    with pytest.raises(KeyError):
        loading.apply(broken)
    assert not Bank.objects.exists()
    assert not Topic.objects.exists()


# Commands


def write(folder, given):
    for name, data in given.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def run(*arguments, **options):
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_loadbank_loads_a_folder_of_banks_or_one_bank(tmp_path):
    write(tmp_path, files())
    assert f"{len(KIND_FIELDS)} new" in run("loadbank", str(tmp_path))
    assert f"{len(KIND_FIELDS)} unchanged" in run("loadbank", str(tmp_path / "mini"))


def test_loadbank_dry_run_changes_nothing(tmp_path):
    assert "dry run" in run("loadbank", str(write(tmp_path, files())), dry_run=True)
    assert not Bank.objects.exists()


def test_loadbank_names_every_error_and_changes_nothing(tmp_path):
    write(tmp_path, files() | files(content("open", slug="fine"), bank="fine"))
    (tmp_path / "mini/basics/a-shape-question.md").write_bytes(b"\xff\xfe")
    with pytest.raises(
        CommandError, match=r"a-shape-question\.md:1: UTF-8(.|\n)*1 error; nothing was changed"
    ):
        run("loadbank", str(tmp_path))
    assert not Bank.objects.exists()


def test_loadbank_without_a_folder_says_what_it_wants(tmp_path):
    with pytest.raises(CommandError, match="a folder with banks"):
        run("loadbank", str(tmp_path / "nowhere"))


def test_loadbank_says_what_it_kept_and_hid(tmp_path):
    run("loadbank", str(write(tmp_path, files())))
    Question.objects.filter(kind="shape").update(title="Edited")
    (tmp_path / "mini/basics/a-open-question.md").unlink()
    said = run("loadbank", str(tmp_path))
    assert "a-shape-question: edited in the admin" in said
    assert "a-open-question: its file is gone" in said


def test_loadbank_follows_no_links_out_of_the_folder(tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    write(tmp_path / "banks", files())
    (tmp_path / "banks/mini/basics/linked.md").symlink_to(secret)
    run("loadbank", str(tmp_path / "banks"))
    assert not Question.objects.filter(slug="linked").exists()


def test_dumpbank_writes_what_loadbank_reads(tmp_path):
    given = files(*(content(kind) for kind in KIND_FIELDS), variant())
    loading.apply(bank_files.read_bank(given))
    run("dumpbank", "mini", str(tmp_path))
    assert bank_files.read_bank(bank_files.read_folder(tmp_path)) == bank_files.read_bank(given)


def test_dumpbank_of_an_unknown_bank_lists_the_known_ones(tmp_path):
    loading.apply(bank_files.read_bank(files()))
    with pytest.raises(CommandError, match="Banks: mini"):
        run("dumpbank", "nothing", str(tmp_path))


def test_checkbank_lists_counts_and_coverage(tmp_path):
    write(tmp_path, files(content("shape", covers=["sizes", "ghost"]), content("open")))
    listing = tmp_path / "list.yaml"
    listing.write_text("entries:\n  - id: sizes\n  - id: pooling\n")
    said = run("checkbank", str(tmp_path / "mini"), coverage=str(listing))
    assert "2 questions in 1 topics" in said
    assert "1 of 2 entries" in said
    assert "not covered: pooling" in said
    assert "unknown: ghost" in said


def test_checkbank_fails_where_a_rule_is_broken(tmp_path):
    write(tmp_path, files(content("shape", worked_answer="It is 12345.")))
    with pytest.raises(CommandError, match=r"mini/basics/a-shape-question\.md:\d+: Answer: the number 12345"):
        run("checkbank", str(tmp_path))


def test_the_shipped_banks_load():
    assert "cnn: " in run("loadbank")
    assert Question.objects.published().count() >= 40


@pytest.mark.django_db
def test_an_export_holds_the_topics_that_its_topics_build_on():
    loading.apply(bank_files.read_bank(files()))
    bank = Bank.objects.get()
    topic = bank.questions.first().topic
    basis = Topic.objects.create(slug="basis", title="Basis", order=1)
    topic.prerequisites.add(basis)
    basis.prerequisites.add(Topic.objects.create(slug="deeper-basis", title="Deeper", order=0))
    exported = loading.files_of(bank)
    bank.delete()
    Topic.objects.all().delete()
    loading.apply(bank_files.read_bank(exported))
    assert set(Topic.objects.values_list("slug", flat=True)) == {topic.slug, "basis", "deeper-basis"}
