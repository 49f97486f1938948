"""Choice questions as one CSV file, one row a question; docs/importing.md lists the columns.

Spreadsheets run cells that begin with =, +, - or @ as formulas. Such cells are written with an apostrophe
in front, which is taken off again when the file is read.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

from quizbank import content, yaml_text
from quizbank.content import Content
from quizbank.importing_archive import MAX_UPLOAD, one_error
from quizbank.problems import BankError, BankErrors
from quizbank.variants import write as write_variant

MAX_ROWS = 2000
MAX_CELL = 20_000
KINDS = ("single-choice", "multiple-choice", "true-false")
PLACES = range(1, 10)
HINTS = ("hint_1", "hint_2", "hint_3")
OPTIONS = tuple(f"{name}_{i}" for i in PLACES for name in ("option", "why"))
LISTS = ("tags", "related", "exercises", "covers", "given")  # separated by semicolons
PLAIN = ("topic", "title", "kind", "level", "status", "seconds", "prompt")
COLUMNS = (
    "slug",
    *PLAIN,
    "correct",
    *OPTIONS,
    *HINTS,
    "worked_answer",
    "pitfalls",
    *LISTS,
    "references",
    "variant",
)
REQUIRED = ("slug", "topic", "title", "kind", "level", "prompt", "correct", "hint_1", "worked_answer")
RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


def read_csv(file: str, data: bytes) -> list[Content]:
    """The questions of a CSV file; raises BankErrors with line and column of everything that is wrong."""
    questions: list[Content] = []
    errors: list[BankError] = []
    for line, row in _rows(file, _text(file, data)):
        read, found = _question(file, line, row)
        errors += found
        questions += [read] if read else []
    errors += _twice(file, questions)
    if not questions and not errors:
        raise one_error(file, "at least one question below the header is expected")
    if errors:
        raise BankErrors(errors)
    return questions


def write_csv(questions: Iterable[Content]) -> str:
    """The choice questions among these, as `read_csv` reads them back."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for question in questions:
        if question.kind in KINDS:
            writer.writerow({name: _guarded(cell) for name, cell in _cells(question).items()})
    return out.getvalue()


# Reading


def _text(file: str, data: bytes) -> str:
    if len(data) > MAX_UPLOAD:
        raise one_error(
            file, f"at most {MAX_UPLOAD / 1e6:.0f} MB are expected, this has {len(data) / 1e6:.1f} MB"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "UTF-8 text is expected: in the spreadsheet choose “CSV UTF-8” when saving"
        raise BankErrors([BankError(file, line, "", message)]) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BankErrors([BankError(file, line, "", "a text is expected, this holds a NUL character")])
    return text


def _rows(file: str, text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row with the line on which it begins; raises BankErrors where the table itself is broken."""
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(file, header)
        line = reader.line_num + 1
        for count, cells in enumerate(reader, 1):
            if count > MAX_ROWS:
                raise one_error(file, f"at most {MAX_ROWS:,} questions are expected in one file")
            if any(cell.strip() for cell in cells):
                yield line, _row(file, line, header, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise BankErrors([BankError(file, line, "", f"is not valid CSV: {error}")]) from None


def _check_header(file: str, header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    twice = sorted({name for name in header if header.count(name) > 1})
    problems = [f"the column {name[:40]!r} is missing; the first line names the columns" for name in missing]
    problems += [f"the column {name[:40]!r} is not known" for name in unknown]
    problems += [f"the column {name[:40]!r} stands twice" for name in twice]
    if problems:
        raise BankErrors([BankError(file, 1, "", problem) for problem in problems])


def _row(file: str, line: int, header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        message = f"{len(header)} cells are expected as in the header, this row has {len(cells)}"
        raise BankErrors([BankError(file, line, "", message)])
    row = dict.fromkeys(COLUMNS, "") | {
        name: _unguarded(cell) for name, cell in zip(header, cells, strict=True)
    }
    for name, cell in row.items():
        if len(cell) > MAX_CELL:
            message = f"at most {MAX_CELL:,} characters are expected, this has {len(cell):,}"
            raise BankErrors([BankError(file, line, name, message)])
    return row


def _question(file: str, line: int, row: dict[str, str]) -> tuple[Content | None, list[BankError]]:
    """A row's question and its problems."""
    if row["kind"] not in KINDS:
        message = (
            f"one of {', '.join(KINDS)} is expected, not {row['kind'][:40]!r}; other kinds travel in a zip"
        )
        return None, [BankError(file, line, "kind", message)]
    try:
        data = _data(row)
    except _CellError as error:
        return None, [BankError(file, line, error.column, error.expected)]
    question, problems = content.read(
        {name: value for name, value in data.items() if value not in ("", None)}
    )
    return question, [BankError(file, line, _column(problem.field), problem.expected) for problem in problems]


class _CellError(Exception):
    """A cell that cannot be understood."""

    def __init__(self, column: str, expected: str) -> None:
        self.column, self.expected = column, expected
        super().__init__(expected)


def _data(row: dict[str, str]) -> dict[str, Any]:
    """What the file of the same question would hold."""
    data: dict[str, Any] = {name: row[name] for name in ("slug", *PLAIN, "worked_answer", "pitfalls")}
    data |= {name: _number(name, row[name]) for name in ("seconds",) if row[name]}
    data |= {name: [part.strip() for part in row[name].split(";") if part.strip()] for name in LISTS}
    data["given"] = [_given(number) for number in data["given"]]
    data["hints"] = [row[name] for name in HINTS if row[name]] or None
    data["references"] = [text.strip() for text in row["references"].splitlines() if text.strip()]
    if row["variant"]:
        data["variant"] = _variant(row["variant"])
    return data | (_true_false(row) if row["kind"] == "true-false" else _options(row))


def _number(column: str, text: str) -> int | float:
    if re.fullmatch(r"-?\d{1,15}", text):
        return int(text)
    if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text):
        return float(text)
    raise _CellError(column, f"a number is expected, not {text[:40]!r}")


def _given(text: str) -> int | float | str:
    """A number, or a text in quotes where its way of writing matters: "0.980"."""
    if len(text) > 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    return _number("given", text)


def _variant(text: str) -> dict[str, Any]:
    try:
        return yaml_text.load(text)[0]
    except yaml_text.YamlError as error:
        raise _CellError("variant", f"line {error.line} of the cell: {error.expected}") from None


def _true_false(row: dict[str, str]) -> dict[str, Any]:
    value = {"true": True, "false": False}.get(row["correct"].lower())
    if value is None:
        raise _CellError("correct", f"true or false is expected, not {row['correct'][:40]!r}")
    return {"answer": {"value": value}, "why": row["why_1"]}


def _options(row: dict[str, str]) -> dict[str, Any]:
    places = [i for i in PLACES if row[f"option_{i}"]]
    if places != list(range(1, len(places) + 1)):
        raise _CellError("option_1", "options without a gap are expected: option_1, option_2 and so on")
    numbers = [part.strip() for part in row["correct"].split(";") if part.strip()]
    wrong = [number for number in numbers if not (number.isdigit() and int(number) in places)]
    if wrong or not numbers:
        message = "the numbers of the right options are expected, such as 2 or 1;3"
        raise _CellError("correct", f"{message}, not {row['correct'][:40]!r}")
    right = {int(number) for number in numbers}
    return {
        "options": [
            {"text": row[f"option_{i}"], "correct": i in right, "why": row[f"why_{i}"]} for i in places
        ]
    }


def _column(field: str) -> str:
    """The column of a problem's field: options[2].why is why_2."""
    match = re.match(r"(options|hints)\[(\d)\](?:\.(\w+))?", field)
    if not match:
        return {"answer.value": "correct", "why": "why_1"}.get(field, re.split(r"[.\[]", field)[0])
    part = {"why": "why", "correct": "correct"}.get(match[3] or "", "option")
    return (
        f"hint_{match[2]}"
        if match[1] == "hints"
        else "correct"
        if part == "correct"
        else f"{part}_{match[2]}"
    )


def _twice(file: str, questions: list[Content]) -> list[BankError]:
    slugs = [question.slug for question in questions]
    twice = sorted({slug for slug in slugs if slug and slugs.count(slug) > 1})
    return [
        BankError(file, 0, "slug", f"{slug!r} stands twice: give each question a slug of its own")
        for slug in twice
    ]


# Writing


def _cells(question: Content) -> dict[str, Any]:
    cells: dict[str, Any] = {
        name: getattr(question, name) for name in ("slug", *PLAIN, "worked_answer", "pitfalls")
    }
    cells |= {name: ";".join(map(str, getattr(question, name))) for name in LISTS}
    cells["given"] = ";".join(f'"{n}"' if isinstance(n, str) else str(n) for n in question.given)
    cells |= dict(zip(HINTS, question.hints, strict=False))
    cells["references"] = "\n".join(question.references)
    if "variant" in question.spec:
        cells["variant"] = yaml_text.dump(write_variant(question.spec["variant"]))
    if question.kind == "true-false":
        return cells | {
            "correct": str(question.spec["answer"]["value"]).lower(),
            "why_1": question.spec["why"],
        }
    options = list(enumerate(question.spec["options"], 1))
    cells["correct"] = ";".join(str(i) for i, option in options if option["correct"])
    return cells | {
        f"{name}_{i}": option[key]
        for i, option in options
        for name, key in (("option", "text"), ("why", "why"))
    }


def _guarded(cell: Any) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(RISKY) else text


def _unguarded(cell: str) -> str:
    text = cell.replace("\r\n", "\n").strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text
