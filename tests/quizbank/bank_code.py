"""Runs the Python code of a bank's questions and compares what it prints with the output block below it.

The ```python blocks of one question (prompt, hints, answer, pitfalls, in this order) share one namespace, as
they do for a reader who pastes them into one session. A ```text or ```output block that follows a Python
block, with nothing but blank lines between, is what that block prints. Variant questions are run with the
numbers of their example and of a few seeds.
"""

import contextlib
import importlib.util
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from quizbank import format as question_format
from quizbank import instances
from quizbank.content import Content
from tests.conftest import require_or_skip

BANK = Path(__file__).parents[2] / "quizbank" / "banks" / "cnn"
SEEDS = (1, 2, 3)
OUTPUT = ("text", "output")


@dataclass(frozen=True)
class Block:
    """One fenced block and whether only blank lines stand between it and the block before."""

    language: str
    source: str
    adjoins: bool


def questions(*topics: str) -> list[Content]:
    """The questions of some topics of the CNN bank; an invalid file is an error."""
    paths = [path for topic in topics for path in sorted((BANK / topic).glob("*.md"))]
    return [question_format.parse(f"{path.parent.name}/{path.name}", path.read_bytes()) for path in paths]


def blocks(markdown: str) -> list[Block]:
    """The fenced blocks of a text; only fences that begin a line count."""
    found: list[Block] = []
    fence, language, lines, adjoins = "", "", [], False
    for line in markdown.split("\n"):
        if fence and line.strip() == fence:
            found.append(Block(language, "\n".join(lines), adjoins))
            fence, adjoins = "", True
        elif fence:
            lines.append(line)
        elif line.startswith("```"):
            ticks = len(line) - len(line.lstrip("`"))
            fence, language, lines = line[:ticks], line[ticks:].strip(), []
        elif line.strip():
            adjoins = False
    return found


def has_python(question: Content) -> bool:
    return any(block.language == "python" for block in _blocks_of(instances.example(question)))


def uses_torch(question: Content) -> bool:
    sources = [
        block.source for block in _blocks_of(instances.example(question)) if block.language == "python"
    ]
    return any("torch" in source for source in sources)


def with_code(*topics: str) -> list[Any]:
    """Parameters for a test: these topics' questions that hold Python, marked torch where they need it."""
    return [
        pytest.param(question, id=question.slug, marks=[pytest.mark.torch] if uses_torch(question) else [])
        for question in questions(*topics)
        if has_python(question)
    ]


def assert_code_runs(question: Content) -> None:
    """Run all code of a question; fails with the block that raised or that printed something else."""
    if uses_torch(question):
        require_or_skip(importlib.util.find_spec("torch") is not None, "PyTorch")
    for instance in _instances(question):
        run_blocks(question.slug, _blocks_of(instance))


def run_blocks(name: str, found: list[Block]) -> None:
    """Run the Python blocks in order in one namespace and compare their output."""
    namespace: dict[str, Any] = {"__name__": name}
    for number, block in enumerate(found):
        if block.language != "python":
            continue
        printed = _run(f"{name}, block {number + 1}", block.source, namespace)
        following = found[number + 1] if number + 1 < len(found) else None
        if following and following.adjoins and following.language in OUTPUT:
            assert _lines(printed) == _lines(following.source), (
                f"{name}: block {number + 1} prints\n{printed}"
            )


def _instances(question: Content) -> Iterator[instances.Instance]:
    yield instances.example(question)
    if "variant" in question.spec:
        yield from (instances.build(question, seed) for seed in SEEDS)


def _blocks_of(instance: instances.Instance) -> list[Block]:
    texts = (instance.prompt, *instance.hints, instance.worked_answer, instance.pitfalls)
    return [block for text in texts for block in blocks(text)]


def _run(place: str, source: str, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, f"<{place}>", "exec"), namespace)
    return printed.getvalue()


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().split("\n")]
