"""Choice questions as CSV: round trip, and errors that name line and column."""

import csv
import io

import pytest

from quizbank.importing_archive import MAX_UPLOAD
from quizbank.importing_csv import COLUMNS, MAX_ROWS, read_csv, write_csv
from quizbank.problems import BankErrors
from tests.quizbank import bank_code
from tests.quizbank.samples import content

CHOICES = [
    question
    for topic in sorted(path.name for path in bank_code.BANK.iterdir() if path.is_dir())
    for question in bank_code.questions(topic)
    if question.kind in ("single-choice", "multiple-choice", "true-false")
]
GOOD = {
    "slug": "max-keeps",
    "topic": "pooling",
    "title": "What max pooling keeps",
    "kind": "single-choice",
    "level": "mid",
    "prompt": "What does it keep?",
    "correct": "2",
    "option_1": "The mean",
    "why_1": "That is average pooling.",
    "option_2": "The largest value",
    "why_2": "",
    "hint_1": "Read the name.",
    "worked_answer": "The largest value.",
}


def table(*rows: dict[str, str], columns: list[str] | None = None, delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(GOOD), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def problems(data: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(BankErrors) as caught:
        read_csv("q.csv", data)
    assert {error.file for error in caught.value} <= {"q.csv", "the upload"}
    return [(error.line, error.field, error.expected) for error in caught.value]


def test_all_choice_questions_of_the_bank_come_back_as_they_were():
    assert len(CHOICES) > 15
    assert {question.slug: question for question in read_csv("b.csv", write_csv(CHOICES).encode())} == {
        question.slug: question for question in CHOICES
    }


def test_other_kinds_are_left_out_of_the_file():
    opens = [question for question in bank_code.questions("architectures") if question.kind == "open"]
    assert opens
    assert write_csv(opens).strip() == ",".join(COLUMNS)


def test_a_hand_made_table_with_few_columns():
    (question,) = read_csv("q.csv", table(GOOD))
    assert question.spec["options"][1] == {"text": "The largest value", "correct": True, "why": ""}
    assert (question.status, question.seconds, question.tags) == ("published", 60, [])


def test_semicolons_and_a_byte_order_mark_as_spreadsheets_write_them():
    data = b"\xef\xbb\xbf" + table(GOOD, delimiter=";")
    assert read_csv("q.csv", data) == read_csv("q.csv", table(GOOD))


def test_several_right_options():
    row = {
        **GOOD,
        "kind": "multiple-choice",
        "option_3": "Nothing",
        "why_3": "It keeps one.",
        "correct": "1; 2",
    }
    (question,) = read_csv("q.csv", table(row, columns=[*GOOD, "option_3", "why_3"]))
    assert [option["correct"] for option in question.spec["options"]] == [True, True, False]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "- **A list**: x", "''=two"])
def test_cells_that_a_spreadsheet_would_run_are_guarded_and_come_back(text):
    (question,) = read_csv("q.csv", table({**GOOD, "option_1": text}))
    written = write_csv([question])
    row = next(csv.DictReader(io.StringIO(written)))
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row.values())
    assert read_csv("q.csv", written.encode()) == [question]


@pytest.mark.parametrize(
    ("changes", "column", "text"),
    [
        ({"kind": "numeric"}, "kind", "other kinds travel in a zip"),
        ({"kind": ""}, "kind", "one of"),
        ({"level": "boss"}, "level", "junior, mid, senior"),
        ({"slug": "Not A Slug"}, "slug", "lower-case"),
        ({"slug": "../../etc"}, "slug", "lower-case"),
        ({"title": ""}, "title", "is missing"),
        ({"title": "t" * 161}, "title", "160"),
        ({"correct": ""}, "correct", "numbers of the right options"),
        ({"correct": "3"}, "correct", "numbers of the right options"),
        ({"correct": "1;2"}, "options", "exactly one option"),
        ({"correct": "B"}, "correct", "numbers of the right options"),
        ({"why_1": ""}, "why_1", "a text of 1 to"),
        ({"option_2": "The mean"}, "option_2", "must differ"),
        ({"option_1": ""}, "option_1", "without a gap"),
        ({"hint_1": ""}, "hints", "is missing"),
        ({"worked_answer": "{= 1/0 }"}, "worked_answer", "divides by zero"),
        ({"prompt": "x" * 20_001}, "prompt", "20,000"),
        ({"kind": "true-false", "correct": "maybe"}, "correct", "true or false"),
    ],
)
def test_an_error_names_line_and_column(changes, column, text):
    found = problems(table(GOOD, {**GOOD, "slug": "other", **changes}))
    assert (found[0][0], found[0][1]) == (3, column)
    assert text in found[0][2]


def test_the_line_is_right_below_cells_with_line_breaks():
    long = {**GOOD, "worked_answer": "One\nTwo\nThree"}
    assert problems(table(long, {**GOOD, "slug": "other", "level": "boss"}))[0][0] == 5


def test_all_errors_of_all_rows_are_listed():
    rows = [{**GOOD, "slug": f"q-{i}", "level": "boss", "hint_1": ""} for i in range(3)]
    assert [line for line, _, _ in problems(table(*rows))] == [2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("slug,topic", "'title' is missing"),
        (",".join(GOOD) + ",answer", "'answer' is not known"),
        (",".join(GOOD) + ",slug", "'slug' stands twice"),
        ("", "is missing"),
    ],
)
def test_a_wrong_header(header, text):
    found = problems(header.encode() + b"\n")
    assert found[0][0] == 1
    assert any(text in expected for _, _, expected in found)


def test_a_row_with_too_few_cells():
    assert "13 cells are expected" in problems(table(GOOD) + b"a,b\r\n")[0][2]


def test_a_file_without_questions():
    assert "at least one question" in problems(table())[0][2]


def test_a_slug_that_stands_twice():
    assert "'max-keeps' stands twice" in problems(table(GOOD, GOOD))[0][2]


def test_an_unclosed_quote():
    assert "is not valid CSV" in problems(table(GOOD) + b'"open')[0][2]


@pytest.mark.parametrize(("encoding", "line"), [("latin-1", 2), ("utf-16", 1)])
def test_a_wrong_encoding(encoding, line):
    found = problems(table({**GOOD, "title": "Größe"}).decode().encode(encoding))
    assert found[0][0] == line
    assert "UTF-8" in found[0][2]


def test_a_nul():
    assert "NUL" in problems(table({**GOOD, "title": "a\0b"}))[0][2]


def test_binary_data():
    assert "UTF-8" in problems(bytes(range(256)) * 4)[0][2]


def test_too_many_rows():
    rows = [{**GOOD, "slug": f"q-{i}"} for i in range(MAX_ROWS + 1)]
    assert "at most 2,000 questions" in problems(table(*rows))[0][2]


def test_a_huge_cell_is_refused_by_the_reader():
    assert problems(table({**GOOD, "prompt": "x" * 200_000}))[0][2].startswith("is not valid CSV")


def test_a_huge_file():
    assert "at most 2 MB" in problems(b"x" * (MAX_UPLOAD + 1))[0][2]


def test_given_numbers_keep_their_way_of_writing() -> None:
    one = content("single-choice", given=[12, 0.5, "0.980", "1e-5"])
    assert read_csv("given.csv", write_csv([one]).encode())[0].given == [12, 0.5, "0.980", "1e-5"]
