"""The file of a question: round trip, and what is said about broken files."""

import pytest

from quizbank import format
from quizbank.kinds import KINDS
from quizbank.problems import BankErrors
from tests.quizbank.samples import KIND_FIELDS, content, variant

GOOD = b"""---
title: Strides
kind: numeric
level: mid
answer: {value: 4}
---
How many?

## Hint

Count.

## Answer

Four.

```text
## Hint
not a section
```

## Pitfalls

- **Haste**
"""


def errors(data, path="bank/basics/strides.md"):
    with pytest.raises(BankErrors) as caught:
        format.parse(path, data)
    return list(caught.value)


@pytest.mark.parametrize("kind", KIND_FIELDS)
def test_a_question_of_every_kind_comes_back_the_same(kind):
    question = content(
        kind,
        title="A “title”: with, [signs] & {braces} # 1",
        tags=["a", "b-2"],
        references=["- Somebody: a paper, 2016", "yes", "1e3", "0x10", "null", "multi\nline"],
        related=["another"],
        exercises=["conv2d"],
        covers=["x"],
        given=[2016, 0.1, "0.10"],
        prompt="Text\n\n```python\n## not a heading\nx = 1\n```\n\n~~~\n```\n~~~\n\n    indented\n\nÜmläut ☃",
        hints=["One\n\n### Small heading", "Two"],
        status="draft",
    )
    path = f"bank/{question.topic}/{question.slug}.md"
    assert format.parse(path, format.dump(question).encode()) == question


def test_a_variant_comes_back_the_same_with_its_order():
    question = variant()
    again = format.parse("mini/basics/a-variant.md", format.dump(question).encode())
    assert again == question
    assert [entry["name"] for entry in again.spec["variant"]["draw"]] == ["n", "k", "s"]


def test_slug_and_topic_come_from_the_path():
    question = format.parse("bank/basics/strides.md", GOOD)
    assert (question.slug, question.topic) == ("strides", "basics")
    assert question.hints == ["Count."]
    assert question.worked_answer.endswith("## Hint\nnot a section\n```")


@pytest.mark.parametrize(
    "change", [lambda d: d.replace(b"\n", b"\r\n"), lambda d: b"\xef\xbb\xbf" + d], ids=["crlf", "bom"]
)
def test_files_of_windows_are_the_same_question(change):
    assert format.parse("b/basics/strides.md", change(GOOD)) == format.parse("b/basics/strides.md", GOOD)


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "expected"),
    [
        (b"---\ntitle", b"title", 1, "", "a line “---”"),
        (b"---\nHow", b"How", 1, "", "not closed"),
        (b"title: Strides", b"title: [", 4, "", "not valid YAML"),
        (b"title: Strides", b"title: a: b", 2, "", "not valid YAML"),
        (b"title: Strides", b"- x\ntitle: y", 3, "", "not valid YAML"),
        (b"title: Strides\n", b"", 2, "title", "is missing"),
        (b"title: Strides", b"title: 5", 2, "title", "put it in quotes"),
        (b"title: Strides", b"title: x\ntitle: y", 3, "title", "stands twice"),
        (b"kind: numeric", b"kind: riddle", 3, "kind", "one of single-choice"),
        (b"kind: numeric", b"kind: [numeric]", 3, "kind", "one of single-choice"),
        (b"level: mid", b"level: expert", 4, "level", "junior, mid, senior"),
        (b"level: mid", b"level: mid\nseconds: 1e9", 5, "seconds", "from 5 to 3600"),
        (b"level: mid", b"level: mid\ncolour: red", 5, "colour", "not a known field"),
        (b"level: mid", b"level: mid\nslug: x", 5, "slug", "file's path"),
        (b"level: mid", b"level: mid\ntags: [A b]", 5, "tags[1]", "lower-case"),
        (b"level: mid", b"level: mid\nprompt: x", 5, "prompt", "file's path or body"),
        (b"{value: 4}", b"\n  value: four\n  unit: 4", 6, "answer.value", "a number or an expression"),
        (b"{value: 4}", b"\n  value: 4\n  unit: 4", 7, "answer.unit", "a text is expected"),
        (b"{value: 4}", b"&a {value: 4}\nx: *a", 6, "x", "anchors and aliases"),
        (b"{value: 4}", b"!!python/object/apply:os.system [ls]", 5, "answer", "tag"),
        (b"{value: 4}", b"{value: 4, ? [a] : b}", 5, "answer", "name of a field"),
        (b"How many?", b"\n", 7, "prompt", "1 to 20,000"),
        (b"## Hint\n\nCount.\n", b"", 2, "hints", "is missing"),
        (b"## Hint", b"## Tip", 9, "", "“## Tip” is not a section"),
        (b"## Pitfalls", b"## Answer", 22, "", "“## Answer” stands twice"),
        (b"- **Haste**", b"- x\n```\ny", 25, "Pitfalls", "not closed"),
        (b"Count.", b"# Title", 11, "hints[1]", "level 1 and 2"),
        (b"Four.", b"It is {= 2 + }.", 15, "Answer", "not an arithmetic expression"),
        (b"Four.", b"It is {= n }.", 15, "Answer", "not defined"),
        (b"How many?", b"How many \x07?", 7, "prompt", "U+0007"),
        (b"How many?", b"How many \x00?", 7, "", "NUL"),
        (b"How many?", b"How many \xff?", 7, "", "UTF-8"),
        (b"title: Strides", b'title: "a\\0b"', 2, "title", "U+0000"),
        (b"title: Strides", b'title: "a\\ud800b"', 2, "title", "U+D800"),
    ],
)
def test_a_broken_file_says_where_and_what_is_expected(old, new, line, field, expected):
    assert old in GOOD
    found = errors(GOOD.replace(old, new, 1))
    assert any(e.line == line and e.field == field and expected in e.expected for e in found), [
        str(e) for e in found
    ]
    assert all(e.file == "bank/basics/strides.md" for e in found)


def test_all_errors_of_a_file_are_found_at_once():
    found = errors(GOOD.replace(b"level: mid", b"level: expert\nseconds: no\nextra: 1"))
    assert [e.field for e in found] == ["level", "seconds", "extra"]


def test_utf_16_is_named_as_wrong_encoding():
    assert "UTF-8" in errors("---\ntitle: x".encode("utf-16"))[0].expected


def test_a_large_file_is_refused_with_the_limit():
    assert "at most 64 kB" in errors(GOOD + b"x" * 65536)[0].expected


def test_an_empty_file_is_refused():
    assert "front matter" in errors(b"")[0].expected


def test_deep_nesting_is_refused():
    assert "nested" in errors(GOOD.replace(b"{value: 4}", b"[" * 3000 + b"]" * 3000))[0].expected


def test_yaml_surprises_are_the_texts_that_people_meant():
    data = GOOD.replace(b"kind: numeric", b"kind: short-text").replace(
        b"{value: 4}", b"{accept: [yes, No, on, 2012-01-02, 1:30, 0o17, 1_000, .inf]}"
    )
    accept = format.parse("b/basics/s.md", data).spec["answer"]["accept"]
    assert accept == ["yes", "No", "on", "2012-01-02", "1:30", "0o17", "1_000", ".inf"]


def test_every_kind_is_sampled():
    assert set(KIND_FIELDS) == set(KINDS)
