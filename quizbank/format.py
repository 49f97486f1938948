"""Reads and writes the Markdown file of one question; docs/question-format.md describes it."""

import re
from pathlib import PurePosixPath
from typing import Any

from quizbank import yaml_text
from quizbank.content import NAMES, Content, outside_fences, read, written_spec
from quizbank.problems import BankError, BankErrors, Problem

MAX_BYTES = 64 * 1024
SECTION = re.compile(r" {0,3}##[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*$")
SECTIONS = {"hint": "hints", "answer": "worked_answer", "pitfalls": "pitfalls"}
FROM_BODY = ("slug", "topic", "prompt", "hints", "worked_answer", "pitfalls")
FRONT = ("title", "kind", "level", "status", "tags", "seconds", "covers")  # in the order of a written file
BACK = ("related", "exercises", "references", "given")


def parse(path: str, data: bytes) -> Content:
    """The question in a file `.../<topic>/<slug>.md`; raises BankErrors with everything that is wrong."""
    content, errors = attempt(path, data)
    if errors or content is None:
        raise BankErrors(errors)
    return content


def attempt(path: str, data: bytes) -> tuple[Content | None, list[BankError]]:
    """Like `parse`, but gives errors back instead of raising them."""
    try:
        text = decode(path, data)
        front, lines, body, body_line = _split(path, text)
        fields = _with_body(path, front, lines, body, body_line)
    except BankErrors as errors:
        return None, list(errors)
    content, problems = read(fields)
    return content, [located(path, problem, lines) for problem in problems]


def dump(content: Content) -> str:
    """The file of a question; `parse` reads the same content back."""
    front: dict[str, Any] = {name: getattr(content, name) for name in FRONT}
    front |= written_spec(content)
    front |= {name: getattr(content, name) for name in BACK}
    front = {
        name: value for name, value in front.items() if value or name in ("title", "kind", "level", "seconds")
    }
    sections = [content.prompt]
    sections += [f"## Hint\n\n{hint}" for hint in content.hints]
    sections.append(f"## Answer\n\n{content.worked_answer}")
    if content.pitfalls:
        sections.append(f"## Pitfalls\n\n{content.pitfalls}")
    return f"---\n{yaml_text.dump(front)}---\n" + "\n\n".join(sections) + "\n"


def lines_of(path: str, data: bytes) -> dict[str, int]:
    """The line of every field and section of a well-formed file."""
    _, lines, body, body_line = _split(path, decode(path, data))
    _sections(path, body, body_line, lines)
    return lines


def decode(path: str, data: bytes) -> str:
    """The text of a file, with plain line ends; raises BankErrors."""
    if len(data) > MAX_BYTES:
        raise _error(
            path, 0, f"at most {MAX_BYTES // 1024} kB are expected, this has {len(data) // 1024:,} kB"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(path, line, "UTF-8 text is expected: save the file with this encoding") from None
    if "\0" in text:
        raise _error(
            path, text.count("\n", 0, text.index("\0")) + 1, "a text is expected, this holds a NUL character"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def load_yaml(path: str, text: str, first_line: int = 1) -> tuple[dict[str, Any], dict[str, int]]:
    """`yaml_text.load` with errors that name the file."""
    try:
        return yaml_text.load(text, first_line)
    except yaml_text.YamlError as error:
        raise BankErrors([BankError(path, error.line, error.field, error.expected)]) from None


def _split(path: str, text: str) -> tuple[dict[str, Any], dict[str, int], str, int]:
    """Front matter, the lines of its fields, the body and the body's first line."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise _error(path, 1, "a line “---” is expected, which begins the front matter")
    ends = [number for number, line in enumerate(lines[1:], 1) if line.rstrip() == "---"]
    if not ends:
        raise _error(path, 1, "the front matter is not closed: a second line “---” is expected")
    front, places = load_yaml(path, "\n".join(lines[1 : ends[0]]), first_line=2)
    return front, places, "\n".join(lines[ends[0] + 1 :]), ends[0] + 2


def _with_body(
    path: str, front: dict[str, Any], lines: dict[str, int], body: str, body_line: int
) -> dict[str, Any]:
    """The data of `content.read`: the front matter, the sections of the body, and what the path says."""
    for name in FROM_BODY:
        if name in front:
            message = "comes from the file's path or body, not from the front matter: remove it"
            raise BankErrors([BankError(path, lines[name], name, message)])
    fields = {**front, **_sections(path, body, body_line, lines)}
    place = PurePosixPath(path)
    return {**fields, "slug": place.stem, "topic": place.parent.name}


def _sections(path: str, body: str, body_line: int, places: dict[str, int]) -> dict[str, Any]:
    """Prompt, hints, answer and pitfalls; `places` learns where each begins."""
    lines = body.split("\n")
    found = [(number, m["title"]) for number, line in outside_fences(body)[0] if (m := SECTION.match(line))]
    sections: dict[str, Any] = {
        "prompt": _section(lines, 0, found[0][0] if found else len(lines), "prompt", places, body_line)
    }
    for index, (number, title) in enumerate(found):
        end = found[index + 1][0] if index + 1 < len(found) else len(lines)
        name = SECTIONS.get(title.lower())
        if name is None or (name != "hints" and name in sections):
            problem = (
                "stands twice"
                if name
                else "is not a section: “## Hint”, “## Answer” and “## Pitfalls” are expected"
            )
            raise _error(path, body_line + number, f"“## {title[:40]}” {problem}")
        if name == "hints":
            hints = sections.setdefault("hints", [])
            hints.append(_section(lines, number + 1, end, f"hints[{len(hints) + 1}]", places, body_line))
        else:
            sections[name] = _section(lines, number + 1, end, name, places, body_line)
    return sections


def _section(
    lines: list[str], begin: int, end: int, name: str, places: dict[str, int], body_line: int
) -> str:
    filled = next((number for number in range(begin, end) if lines[number].strip()), begin)
    places[name] = body_line + filled
    return "\n".join(lines[begin:end]).strip()


def located(path: str, problem: Problem, lines: dict[str, int]) -> BankError:
    """The line of a problem's field, or of the innermost field around it that has one."""
    field = problem.field
    while field and field not in lines:
        field = re.sub(r"(?:\.[^.\[]*|\[\d+\]|^[^.\[]+)$", "", field)
    line = lines.get(field, 1)
    names = {"worked_answer": "Answer", "pitfalls": "Pitfalls"}
    return BankError(path, line + problem.offset, names.get(problem.field, problem.field), problem.expected)


def _error(path: str, line: int, expected: str) -> BankErrors:
    return BankErrors([BankError(path, line, "", expected)])


assert set(FRONT + BACK + FROM_BODY) | {"spec"} == set(NAMES)
