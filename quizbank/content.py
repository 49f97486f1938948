"""The content of one question, from whichever source it comes: a file, the admin, a row of the database."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from quizbank import instances, variants
from quizbank.fields import Fields
from quizbank.kinds import KINDS
from quizbank.problems import Problem

LEVELS = ("junior", "mid", "senior")
STATUSES = ("published", "draft")
MAX_TEXT = 20_000
HEADING = re.compile(r" {0,3}(?P<marks>#{1,2})(?:[ \t]+|$)")
FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")


@dataclass(frozen=True)
class Content:
    """A valid question. The names are those of the model's fields; `topic` is a slug."""

    slug: str
    topic: str
    title: str
    kind: str
    level: str
    status: str
    tags: list[str]
    seconds: int
    prompt: str
    hints: list[str]
    worked_answer: str
    pitfalls: str
    spec: dict[str, Any]
    references: list[str]
    related: list[str]
    exercises: list[str]
    covers: list[str]
    given: list[int | float | str]

    def digest(self) -> str:
        """A fingerprint of everything that the content says."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


NAMES = tuple(field.name for field in fields(Content))


def read(data: dict[str, Any]) -> tuple[Content, list[Problem]]:
    """Content out of unchecked data, and all its problems; the content may be used where there are none.

    `data` has the keys of Content, the fields of the kind (answer, options, variant, ...) standing beside
    them.
    """
    problems: list[Problem] = []
    reader = Fields(data, problems)
    kind = reader.one_of("kind", KINDS)
    is_known = isinstance(data.get("kind"), str) and data["kind"] in KINDS
    content = Content(
        slug=reader.slug("slug", reader.take("slug", "a slug")),
        topic=reader.slug("topic", reader.take("topic", "a topic's slug"), 60),
        title=_title(reader),
        kind=kind,
        level=reader.one_of("level", LEVELS),
        status=reader.one_of("status", STATUSES, default="published"),
        tags=reader.slugs("tags", 12),
        seconds=reader.number("seconds", 5, 3600, default=60),
        prompt=_section(reader, "prompt"),
        hints=_hints(reader),
        worked_answer=_section(reader, "worked_answer"),
        pitfalls=_section(reader, "pitfalls", default=""),
        spec=_spec(reader, kind) if is_known else {},
        references=reader.texts("references", 400, 0, 12, default=[]),
        related=reader.slugs("related", 12),
        exercises=reader.slugs("exercises", 12),
        covers=reader.slugs("covers", 40),
        given=_given(reader),
    )
    if is_known:
        reader.close()
    if not problems:
        problems.extend(instances.problems(content))
    return content, problems


def flat(content: Any) -> dict[str, Any]:
    """The data that `read` takes, out of content or a question's row."""
    data = {name: getattr(content, name) for name in NAMES if name != "spec"}
    data["topic"] = content.topic if isinstance(content.topic, str) else content.topic.slug
    return {**data, **content.spec}


def of_row(question: Any) -> Content:
    """The content of a stored question, as it is."""
    data = {name: getattr(question, name) for name in NAMES}
    return Content(**{**data, "topic": question.topic.slug})


def check(question: Any) -> list[Problem]:
    """What is wrong with a question's row, saved or not; what the admin's forms ask."""
    data = flat(question)
    clash = sorted(set(question.spec) & set(NAMES)) if isinstance(question.spec, dict) else ["spec"]
    if clash:
        return [Problem("spec", f"may not hold the field {clash[0]}")]
    return read(data)[1]


def written_spec(content: Any) -> dict[str, Any]:
    """The kind's fields as they stand in a file."""
    spec = {name: value for name, value in content.spec.items() if name != "variant"}
    shown = KINDS[content.kind].write(spec)
    return (
        {**shown, "variant": variants.write(content.spec["variant"])} if "variant" in content.spec else shown
    )


def _spec(reader: Fields, kind: str) -> dict[str, Any]:
    spec = KINDS[kind].read(reader)
    if reader.has("variant"):
        if not KINDS[kind].may_vary:
            reader.problem("variant", "only numeric, shape and choice questions can be variant questions")
        spec["variant"] = variants.read(reader.nested("variant"))
    return spec


def _title(reader: Fields) -> str:
    title = reader.text("title", 160)
    if "\n" in title:
        reader.problem("title", "one line is expected")
    return title


def _hints(reader: Fields) -> list[str]:
    hints = reader.entries("hints", 1, 3)
    return [_checked_section(reader, f"hints[{i}]", hint) for i, hint in enumerate(hints, 1)]


def _section(reader: Fields, name: str, **default: Any) -> str:
    return _checked_section(reader, name, reader.take(name, "a text", **default), least=0 if default else 1)


def _checked_section(reader: Fields, name: str, value: Any, least: int = 1) -> str:
    text = reader.as_text(name, value, MAX_TEXT, least)
    outside, open_fence = outside_fences(text)
    for offset, line in outside:
        if HEADING.match(line):
            reader.problems.append(
                Problem(
                    reader.at(name),
                    "headings of level 1 and 2 separate the sections of a file: use ### here",
                    offset,
                )
            )
    if open_fence is not None:
        reader.problems.append(Problem(reader.at(name), "this code block is not closed", open_fence))
    return text


def outside_fences(text: str) -> tuple[list[tuple[int, str]], int | None]:
    """The lines outside of fenced code with their numbers, and where an open block begins."""
    lines: list[tuple[int, str]] = []
    fence, begin = "", None
    for number, line in enumerate(text.split("\n")):
        match = FENCE.match(line)
        if not fence and match and not ("`" in match["rest"] and match["fence"][0] == "`"):
            fence, begin = match["fence"], number
        elif fence and match and match["fence"].startswith(fence) and not match["rest"].strip():
            fence, begin = "", None
        elif not fence:
            lines.append((number, line))
    return lines, begin


def _given(reader: Fields) -> list[int | float | str]:
    """Numbers, or texts such as "0.10" where the way of writing matters."""
    values = reader.entries("given", 0, 60, [])
    for i, value in enumerate(values, 1):
        if isinstance(value, str) and len(value) <= 40 and any(c.isdigit() for c in value):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            reader.problem(f"given[{i}]", "a number is expected, as it stands in the answer")
    return values
