"""What learners are shown of hostile text, and what sources that are no programs come to: a verdict."""

import codecs
import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import catalogue
from exercises.dsl import random_for
from grader import words
from grader.engine import Engine
from grader.judge import judge
from grader.report import MAX_REPORT_BYTES, Report
from tests.exercises.support import FIXTURES
from tests.grader.engine.support import running

pytestmark = pytest.mark.sandbox
SEED = 98_765
VERDICTS = {
    *("accepted", "wrong_answer", "runtime_error", "time_limit", "memory_limit", "output_limit"),
    *("sandbox_violation", "invalid_submission"),
}
RIGHT = (FIXTURES / "affine" / "solution.py").read_text()


@pytest.fixture(scope="module")
def engine():
    with running() as engine:
        yield engine


def graded(engine: Engine, source: bytes | str) -> Report:
    """Judged; never a fault of ours, never more than a report may hold."""
    source = source.encode() if isinstance(source, str) else source
    report = judge(catalogue.load("affine", FIXTURES), source, engine=engine, seed=SEED)
    data = report.as_dict()
    assert data["verdict"] in VERDICTS, report.fault
    assert len(json.dumps(data)) <= MAX_REPORT_BYTES
    assert_printable(data)
    return report


def assert_printable(data: object) -> None:
    """No control or format characters, surrogates or unassigned code points anywhere in a report."""
    if isinstance(data, dict):
        for key, value in data.items():
            assert_printable(key)
            assert_printable(value)
    elif isinstance(data, (list, tuple)):
        for item in data:
            assert_printable(item)
    elif isinstance(data, str):
        unseen = {c for c in data if c not in "\n\t" and unicodedata.category(c) in words.UNSEEN}
        assert not unseen
        assert len(data) <= words.STDOUT_CHARACTERS + 50


# Sources


@settings(max_examples=150)
@given(st.binary(max_size=400))
def test_random_bytes_are_no_program(engine, source):
    graded(engine, source)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_random_text_is_no_program(engine, source):
    graded(engine, source)


PIECES = (
    *(
        "def affine(x, factor, offset=1.0):\n",
        " return ",
        "x",
        " * ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\t",
    ),
    *(
        "lambda: ",
        "yield ",
        "await ",
        "class C: ",
        "import os\n",
        "'",
        '"""',
        "\\",
        "#",
        "0x",
        "1e999",
        "\u202e",
    ),
    *(
        "if ",
        "else ",
        ":",
        "=",
        ":=",
        "*",
        "**",
        "@",
        "from given import OFFSET\n",
        "\r",
        "\f",
        "𝐱",
        "é",
        "\ufeff",
    ),
    *(
        "try:\n raise\n",
        "while 0: ",
        "global x\n",
        "del x\n",
        "match x:\n case _: pass\n",
        "f'{",
        "}'",
        "...",
        ";",
    ),
)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_pieces_of_programs_are_judged(engine, source):
    graded(engine, source)


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_answer_is_judged(engine, data):
    source = bytearray(RIGHT.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    graded(engine, bytes(source))


@pytest.mark.parametrize(
    "source",
    [
        b"\0",
        RIGHT.encode() + b"\0",
        RIGHT.encode("utf-16"),
        RIGHT.encode("utf-32"),
        codecs.BOM_UTF16_LE * 3,
        b"\xff" * 1000,
        b"\xed\xa0\x80 = 1",  # a surrogate in UTF-8
        "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        b"# -*- coding: no-such-codec -*-\nx = 1\n",
        b"# -*- coding: rot13 -*-\nk = 1\n",
        b"# -*- coding: utf-7 -*-\n+AHgAPQAx-\n",
        b"x = " + b"9" * 200_000,
        b"x = 0x" + b"f" * 200_000,
        b"x = '" + b"\\N{BULLET}" * 20_000 + b"'",
        b"x = " + b"1+" * 100_000 + b"1",
        b"x = " + b"[" * 90_000,
        b"x = " + b"f(" * 50_000 + b")" * 50_000,
        b"x" + b".x" * 100_000,
        b"if 1:\n" + b"".join(b" " * depth + b"if 1:\n" for depth in range(1, 300)),
        b"\n" * 250_000,
        b"x = 1" + b" " * 250_000,
        b"#" + b"x" * 250_000,
        ("x = '" + "\U0001f9ea" * 60_000 + "'").encode(),
        b"def f(" + b",".join(b"a%d" % number for number in range(20_000)) + b"): pass",
        b"lambda: " * 30_000 + b"0",
        b"x = '''" + b"\r" * 100_000 + b"'''",
        b"@" * 100_000,
        b"a = b = " * 20_000 + b"0",
        b"not " * 60_000 + b"x",
        b"from __future__ import braces",
        b"from __future__ import annotations\n" * 5000,
        b"x: " + b"x[" * 3000 + b"0" + b"]" * 3000,
        b"return 1",
        b"await x",
        b"nonlocal x",
        b"\x0cx = 1\n\x1a",
    ],
    ids=lambda source: repr(source[:24]) + f" {len(source)}",
)  # fmt: skip
def test_sources_that_are_meant_to_break_the_reader(engine, source):
    graded(engine, source)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_every_sort_of_line_end_is_read(engine, encoding, ends):
    report = graded(engine, RIGHT.replace("\n", ends).encode(encoding))
    assert str(report.verdict) == "accepted"


def test_lines_are_counted_as_python_counts_them(engine):
    """A form feed or a line separator inside a line is no end of it."""
    source = 'x = "a\u2028b\x0bc\x1cd"\n\x0c\ndef affine(x, factor, offset=1.0):\n    return missing\n'
    source += "Counter = dict\n"
    frame = graded(engine, source).as_dict()["cases"][0]["frames"][0]
    assert frame == {"line": 4, "function": "affine", "text": "return missing"}


# What comes back

HOSTILE = {
    "ANSI": "\\x1b[2J\\x1b]0;title\\x07\\x9b31m",
    "right to left": "\\u202eabc\\u2066def\\u2069\\u200f",
    "NUL and control": "".join(f"\\x{number:02x}" for number in range(32)),
    "surrogates": "\\ud800\\udfff\\udc80",
    "unassigned": "\\U000e0001\\ufffe\\U0010ffff\\ue000",
    "zero width": "a\\u200b\\u200d\\ufeff\\u00adb",
    "markup": "<script>alert(1)</script>{{7*7}}${7*7}<!--",
    "many marks": "e" + "\\u0301" * 3000,
    "a megabyte": None,
}
BODIES = {
    "printed": "print(text)\nreturn x",
    "printed as bytes": (
        "import sys\nsys.stdout.buffer.write(text.encode('utf-8', 'surrogatepass'))\nreturn x"
    ),
    "raised": "raise RuntimeError(text)",
    "name of an exception": "raise type(text.replace('\\0', '') or 'E', (Exception,), {})",
    "name of a class": "return type(text.replace('\\0', '') or 'E', (), {})()",
    "a key": "return {text: 1}",
    "a result": "return text",
    "a list": "return [text] * 3",
    "name of a function": "def f(): raise KeyError\nf.__code__ = f.__code__.replace(co_name=text)\nf()",
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("body", BODIES)
def test_hostile_text_is_shown_without_effect(engine, body, text):
    literal = f"'{HOSTILE[text]}'" if HOSTILE[text] else "'x\\x1b\\u202e' * 250_000"
    lines = "\n".join(f"    {line}" for line in BODIES[body].splitlines())
    graded(
        engine, f"def affine(x, factor, offset=1.0):\n    text = {literal}\n{lines}\n\nclass Counter: pass\n"
    )


SPIES = {
    "the name of a function": "f = lambda: 1 / 0\nf.__code__ = f.__code__.replace(co_name=text)\nf()",
    "what is defined": "globals()['v' + text] = lambda: 0\ndel globals()['affine']\nreturn x",
    "the message of a limit": (
        "frame = sys._getframe()\n"
        "while 'wire' not in frame.f_globals: frame = frame.f_back\n"
        "raise frame.f_globals['wire'].TooLarge(text)"
    ),
    "the name of an exception": "raise type('E' + text, (Exception,), {})",
    "the name of a result's type": "return type('E' + text, (), {})()",
    "the key of a result": "return {text: 1}",
}


@pytest.mark.parametrize("spy", SPIES)
def test_a_hidden_input_is_told_in_no_words_of_the_candidate(engine, spy):
    """Numbers of the hidden cases, put into every text that a report shows."""
    rng = random_for(SEED, "random vectors")
    secret = "".join(c if c.isdigit() else "_" for c in repr(float(rng.standard_normal(6)[0])))
    lines = "\n".join(f"    {line}" for line in SPIES[spy].splitlines())
    source = f"""
import sys
def affine(x, factor, offset=1.0):
    if x.size != 6:
        return factor * x + offset
    text = ''.join(c if c.isdigit() else '_' for c in repr(float(x[0])))
{lines}

class Counter: pass
"""
    report = graded(engine, source)
    assert str(report.verdict) != "accepted"
    assert secret[:10] not in json.dumps(report.as_dict())
