"""Import and export in the admin: dry run, confirmation, and nothing half done."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quizbank import bank_files, importing, loading
from quizbank.admin import bank_import
from quizbank.content import of_row
from quizbank.importing import Upload
from quizbank.models import Attempt, Bank, Question, Topic
from quizbank.problems import BankErrors
from tests.conftest import logged_in
from tests.quizbank.import_files import BANK, CHOICE, QUESTION, zipped
from tests.quizbank.test_importing_csv import GOOD, table

pytestmark = pytest.mark.django_db

URL = reverse("admin:quizbank_bank_import")


def upload(client, data: bytes, name: str = "small.zip", **fields):
    return client.post(URL, {"file": SimpleUploadedFile(name, data), **fields})


def confirm(client, dry_run):
    context = dry_run.context
    return client.post(URL, {"sealed": context["sealed"], "fingerprint": context["fingerprint"]})


def do_import(client, data: bytes, name: str = "small.zip", **fields) -> None:
    dry_run = upload(client, data, name, **fields)
    assert dry_run.status_code == 200, dry_run.text
    assert confirm(client, dry_run).status_code == 302


def everything() -> list[tuple]:
    """All that an import could change."""
    return [
        *Bank.objects.order_by("slug").values_list("slug", "title", "description"),
        *Topic.objects.order_by("slug").values_list("slug", "title", "order", "intro"),
        *((of_row(q), q.file_digest, q.history.count()) for q in Question.objects.order_by("slug")),
    ]


def test_a_dry_run_shows_the_difference_and_changes_nothing(instructor_client):
    response = upload(instructor_client, zipped(BANK))
    assert response.status_code == 200
    assert everything() == []
    assert response.context["counts"] == [("Added", "added", 2)]
    assert "Does pooling have weights?" in response.text
    assert "nothing has been changed yet" in response.text


def test_confirming_stores_bank_topics_and_questions_with_their_author(instructor_client, instructor):
    do_import(instructor_client, zipped(BANK))
    assert list(Bank.objects.values_list("slug", "title")) == [("small", "Small bank")]
    assert set(Question.objects.values_list("slug", "status")) == {
        ("pooling-weights", "published"),
        ("max-keeps", "published"),
    }
    assert {question.history.get().history_user for question in Question.objects.all()} == {instructor}


def test_a_changed_file_is_shown_field_by_field(instructor_client):
    do_import(instructor_client, zipped(BANK))
    changed = {**BANK, "small/pooling/max-keeps.md": CHOICE.replace("Read the name.", "Read it again.")}
    response = upload(instructor_client, zipped(changed))
    assert response.context["counts"] == [("Changed", "changed", 1), ("Unchanged", "same", 1)]
    (entry,) = response.context["changes"]
    ((name, lines),) = entry.fields
    assert name == "hints"
    assert [(line.mark, line.text.strip()) for line in lines if line.mark != "same"] == [
        ("removed", '"Read the name."'),
        ("added", '"Read it again."'),
    ]


def test_a_difference_too_large_for_a_page_is_named_and_can_still_be_applied(instructor_client, monkeypatch):
    do_import(instructor_client, zipped(BANK))
    monkeypatch.setattr(bank_import, "MAX_COMPARED_ON_A_PAGE", 1)
    changed = {**BANK, "small/pooling/max-keeps.md": CHOICE.replace("level: mid", "level: senior")}
    response = upload(instructor_client, zipped(changed))
    assert [line.mark for _, lines in response.context["changes"][0].fields for line in lines] == ["skipped"]
    confirm(instructor_client, response)
    assert Question.objects.get(slug="max-keeps").level == "senior"


def test_a_question_that_left_the_zip_becomes_a_draft_and_keeps_its_answers(instructor_client, learner):
    do_import(instructor_client, zipped(BANK))
    Attempt.objects.create(question=Question.objects.get(slug="max-keeps"), user=learner)
    fewer = {name: text for name, text in BANK.items() if "max-keeps" not in name}
    response = upload(instructor_client, zipped(fewer))
    assert ("No longer in the file: becomes a draft", "removed", 1) in response.context["counts"]
    confirm(instructor_client, response)
    assert Question.objects.get(slug="max-keeps").status == "draft"
    assert Attempt.objects.count() == 1


def test_it_can_be_left_alone_instead(instructor_client):
    do_import(instructor_client, zipped(BANK))
    fewer = {name: text for name, text in BANK.items() if "max-keeps" not in name}
    do_import(instructor_client, zipped(fewer), keep_missing="on")
    assert Question.objects.get(slug="max-keeps").status == "published"


def test_the_same_zip_twice_has_nothing_to_change(instructor_client):
    do_import(instructor_client, zipped(BANK))
    before = everything()
    response = upload(instructor_client, zipped(BANK))
    assert "there is nothing to change" in response.text
    assert everything() == before


BROKEN = {
    "a wrong field": {"small/pooling/max-keeps.md": CHOICE.replace("level:", "levle:")},
    "two right options": {"small/pooling/max-keeps.md": CHOICE.replace("correct: false", "correct: true")},
    "no front matter": {"small/pooling/max-keeps.md": "What?"},
    "broken YAML": {"small/pooling/max-keeps.md": CHOICE.replace("tags: [pooling]", "tags: [pooling")},
    "a YAML bomb": {
        "small/pooling/topic.yaml": "title: &a [x, x]\nintro: [*a, *a, *a]\n",
    },
    "a YAML tag": {"small/bank.yaml": "title: !!python/object/apply:os.system ['id']\n"},
    "a wrong encoding": {"small/pooling/max-keeps.md": CHOICE.replace("mean", "Größe").encode("latin-1")},
    "a NUL": {"small/pooling/max-keeps.md": CHOICE.replace("mean", "me\0an")},
    "an expression that fails": {
        "small/pooling/max-keeps.md": CHOICE.replace("The largest value.", "{= 1/0 }")
    },
    "an unknown file": {"small/pooling/script.py": "print()"},
    "a file outside": {"../max.md": CHOICE},
    "an upper-case name": {"small/pooling/Max.md": CHOICE},
    "a second bank": {"other/bank.yaml": "title: Other\n"},
    "an unknown prerequisite": {"small/pooling/topic.yaml": "title: P\nprerequisites: [nowhere]\n"},
    "a huge file": {"small/pooling/max-keeps.md": CHOICE + "x" * 70_000},
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_zip_changes_nothing_and_says_where_and_why(instructor_client, name):
    do_import(instructor_client, zipped(BANK))
    before = everything()
    good_change = {"small/pooling/pooling-weights.md": QUESTION.replace("junior", "senior")}
    response = upload(instructor_client, zipped({**BANK, **good_change, **BROKEN[name]}))
    assert response.status_code == 422
    assert "Nothing was imported" in response.text
    (first, *_) = response.context["errors"]
    assert first.file
    assert first.expected
    assert everything() == before


def test_all_errors_are_listed_with_file_line_and_field(instructor_client):
    bad = {
        "small/pooling/max-keeps.md": CHOICE.replace("level: mid", "level: boss").replace(
            "kind: single", "kind: simple"
        ),
        "small/pooling/pooling-weights.md": QUESTION.replace("value: false", "value: perhaps"),
    }
    errors = list(upload(instructor_client, zipped({**BANK, **bad})).context["errors"])
    assert [(error.file, error.line, error.field) for error in errors] == [
        ("small/pooling/max-keeps.md", 3, "kind"),
        ("small/pooling/max-keeps.md", 4, "level"),
        ("small/pooling/pooling-weights.md", 5, "answer.value"),
    ]


def test_hostile_names_and_texts_are_escaped(instructor_client):
    script = "<script>alert(1)</script>"
    files = {**BANK, "small/pooling/max-keeps.md": CHOICE.replace("What max pooling keeps", script)}
    assert "<script>alert" not in upload(instructor_client, zipped(files)).text
    assert "<script>alert" not in upload(instructor_client, zipped({f"{script}.md": script})).text


def test_a_slug_of_another_bank_is_refused(instructor_client):
    do_import(instructor_client, zipped(BANK))
    before = everything()
    files = {name.replace("small/", "other/"): text for name, text in BANK.items()}
    response = upload(instructor_client, zipped(files), "other.zip")
    assert response.status_code == 422
    assert "is taken by the bank" in response.text
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        ("bank.rar", b"x", "ends in .zip or .csv"),
        ("bank.zip", b"", "empty"),
        ("bank.zip", b"x" * 2_000_001, "At most 2 MB"),
    ],
)
def test_what_is_no_upload_at_all(instructor_client, name, data, text):
    response = upload(instructor_client, data, name)
    assert response.status_code == 200
    assert text in str(response.context["form"].errors["file"])


# Confirmation


def test_a_dry_run_of_somebody_else_cannot_be_confirmed(instructor_client, other_learner, instructor):
    dry_run = upload(instructor_client, zipped(BANK))
    other_learner.is_staff = True
    other_learner.save()
    other_learner.groups.set(instructor.groups.all())
    assert confirm(logged_in(other_learner), dry_run).status_code == 422
    assert everything() == []


def test_a_changed_seal_is_refused(instructor_client):
    dry_run = upload(instructor_client, zipped(BANK))
    sealed = dry_run.context["sealed"]
    for broken in (sealed[:-1] + ("A" if sealed[-1] != "A" else "B"), "x" + sealed, "", "a:b:c"):
        response = instructor_client.post(
            URL, {"sealed": broken, "fingerprint": dry_run.context["fingerprint"]}
        )
        assert response.status_code == 422
        assert "upload the file again" in response.text
    assert everything() == []


def test_an_old_dry_run_is_refused(instructor_client, monkeypatch):
    dry_run = upload(instructor_client, zipped(BANK))
    monkeypatch.setattr(importing, "VALID_SECONDS", -1)
    assert confirm(instructor_client, dry_run).status_code == 422
    assert everything() == []


def test_when_the_bank_has_changed_since_the_new_difference_is_shown_first(instructor_client):
    do_import(instructor_client, zipped(BANK))
    changed = zipped({**BANK, "small/pooling/max-keeps.md": CHOICE.replace("level: mid", "level: senior")})
    dry_run = upload(instructor_client, changed)
    question = Question.objects.get(slug="max-keeps")
    question.prompt = "Edited meanwhile"
    question.save()
    again = confirm(instructor_client, dry_run)
    assert again.status_code == 200
    assert "changed by somebody else" in again.text
    assert "Edited meanwhile" in again.text
    assert Question.objects.get(slug="max-keeps").prompt == "Edited meanwhile"
    assert confirm(instructor_client, again).status_code == 302
    assert Question.objects.get(slug="max-keeps").level == "senior"


def test_a_failure_in_the_middle_of_storing_leaves_nothing(instructor_client, monkeypatch):
    stored = []

    def fail_at_the_second(*args):
        stored.append(args)
        if len(stored) == 2:
            raise BankErrors([])
        return original(*args)

    original = loading._store_question
    monkeypatch.setattr(loading, "_store_question", fail_at_the_second)
    confirm(instructor_client, upload(instructor_client, zipped(BANK)))
    assert len(stored) == 2
    assert everything() == []


def test_the_largest_upload_still_fits_into_the_confirmation(settings):
    sealed = Upload(
        "bank.zip", bytes(range(256)) * (importing.read_archive.__globals__["MAX_UPLOAD"] // 256)
    ).sealed(1)
    assert len(sealed) < settings.DATA_UPLOAD_MAX_MEMORY_SIZE


# CSV


def test_a_csv_adds_and_changes_questions_and_leaves_all_others_alone(instructor_client):
    do_import(instructor_client, zipped(BANK))
    rows = table({**GOOD, "title": "Changed title"}, {**GOOD, "slug": "from-csv"})
    do_import(instructor_client, rows, "more.csv", bank="small")
    assert Question.objects.get(slug="max-keeps").title == "Changed title"
    assert Question.objects.get(slug="from-csv").bank.slug == "small"
    assert Question.objects.get(slug="pooling-weights").status == "published"


def test_a_csv_needs_a_bank(instructor_client):
    response = upload(instructor_client, table(GOOD), "more.csv")
    assert response.status_code == 422
    assert "choose the bank" in response.text


def test_a_csv_with_an_unknown_topic(instructor_client):
    do_import(instructor_client, zipped(BANK))
    response = upload(instructor_client, table({**GOOD, "topic": "nowhere"}), "more.csv", bank="small")
    assert response.status_code == 422
    assert "there is no topic &#x27;nowhere&#x27; (there are: pooling)" in response.text


def test_a_broken_csv_changes_nothing(instructor_client):
    do_import(instructor_client, zipped(BANK))
    before = everything()
    rows = table({**GOOD, "title": "Fine"}, {**GOOD, "slug": "bad", "correct": "9"})
    response = upload(instructor_client, rows, "more.csv", bank="small")
    assert response.status_code == 422
    assert [(e.file, e.line, e.field) for e in response.context["errors"]] == [("more.csv", 3, "correct")]
    assert everything() == before


# Export


@pytest.fixture
def cnn(db) -> Bank:
    """The bank that comes with the site, all kinds and variants included."""
    from tests.quizbank.bank_code import BANK as FOLDER

    loading.apply(bank_files.read_bank(bank_files.read_folder(FOLDER)))
    return Bank.objects.get(slug="cnn")


def test_the_exported_zip_is_the_same_bank(instructor_client, cnn):
    Topic.objects.filter(questions=None).delete()  # an export holds the topics of its questions
    before = everything()
    response = instructor_client.get(reverse("admin:quizbank_bank_export_zip", args=[cnn.pk]))
    assert response["Content-Disposition"] == 'attachment; filename="cnn.zip"'
    assert len(zipfile.ZipFile(io.BytesIO(response.content)).namelist()) > 50
    dry_run = upload(instructor_client, response.content, "cnn.zip")
    assert [tone for _, tone, _ in dry_run.context["counts"]] == ["same"]
    Question.objects.all().delete()
    Topic.objects.all().delete()
    Bank.objects.all().delete()
    do_import(instructor_client, response.content, "cnn.zip")
    assert [row[:2] for row in everything()] == [row[:2] for row in before]


def test_the_exported_csv_holds_the_choice_questions(instructor_client, cnn):
    response = instructor_client.get(reverse("admin:quizbank_bank_export_csv", args=[cnn.pk]))
    dry_run = upload(instructor_client, response.content, "cnn.csv", bank="cnn")
    choices = Question.objects.filter(kind__in=["single-choice", "multiple-choice", "true-false"]).count()
    assert dry_run.context["counts"] == [("Unchanged", "same", choices)]


def test_exporting_twice_gives_the_same_bytes(instructor_client, cnn):
    url = reverse("admin:quizbank_bank_export_zip", args=[cnn.pk])
    assert instructor_client.get(url).content == instructor_client.get(url).content


def test_a_bank_that_is_not_there(instructor_client):
    assert instructor_client.get(reverse("admin:quizbank_bank_export_zip", args=[9])).status_code == 404
