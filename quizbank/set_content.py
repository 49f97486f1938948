"""The content of a ready-made set: which questions it holds, in which order, from whichever source it comes.

A set has sections; a section names its questions in one of three ways:

    questions: [slug, ...]                 these, in this order
    covers: [id, ...], each: 1             those that claim these entries of the coverage list, in their order
    pick: {topics: [...], count: 10}       those that fit a rule; a run draws `count` of them

A section that is `extra` is practised by itself: a run over the whole set leaves it out.
A set without sections of its own has these fields itself. It is stored as one section without a title.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from quizbank.fields import Fields
from quizbank.problems import Problem

LEVELS = ("junior", "mid", "senior")
KINDS = (
    *("single-choice", "multiple-choice", "true-false", "numeric", "shape"),
    *("short-text", "ordering", "matching", "open"),
)
STATUSES = ("published", "draft")
WAYS = ("questions", "covers", "pick")
SECTION_FIELDS = ("title", "extra", *WAYS, "each")
RULE_FIELDS = ("topics", "levels", "kinds", "tags", "variants", "count")
MAX_SECTIONS = 20
MAX_ENTRIES = 200
Section = dict[str, Any]


@dataclass(frozen=True)
class SetContent:
    """A valid set. The names are those of the model's fields; `lines` tells where they stood in a file."""

    slug: str
    title: str
    description: str
    order: int
    minutes: int
    level: str
    audience: str
    status: str
    sections: list[Section]
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    def digest(self) -> str:
        data = {name: getattr(self, name) for name in NAMES}
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()

    def line(self, path: str) -> int:
        """The line of a field such as "sections[2].questions[3]", or of the innermost one around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1 if self.lines else 0)


NAMES = tuple(name for name in SetContent.__dataclass_fields__ if name != "lines")


def read(slug: str, fields: Fields, lines: Mapping[str, int] | None = None) -> SetContent:
    """A set out of unchecked fields; it may be used where `fields.problems` stays empty."""
    content = SetContent(
        slug=slug,
        title=fields.text("title", 120),
        description=fields.text("description", 5000, default=""),
        order=fields.number("order", 0, 10_000, default=100),
        minutes=fields.number("minutes", 0, 1000, default=0),
        level=fields.one_of("level", ("", *LEVELS), default=""),
        audience=fields.text("audience", 200, default=""),
        status=fields.one_of("status", STATUSES, default="published"),
        sections=read_sections(fields),
        lines=lines or {},
    )
    fields.close()
    return content


def read_sections(fields: Fields) -> list[Section]:
    """The sections of a set, or the one section that the set itself is."""
    if not fields.has("sections"):
        fields.seen.add("sections")
        return [{"title": "", **_entries(fields)}]
    return fields.many("sections", _section, 1, MAX_SECTIONS)


def _section(fields: Fields) -> Section:
    section = {"title": fields.text("title", 120), **_entries(fields)}
    if fields.flag("extra", default=False):
        section["extra"] = True
    fields.close()
    return section


def _entries(fields: Fields) -> Section:
    """One of the three ways to name questions."""
    given = [way for way in WAYS if fields.has(way)]
    fields.seen.update((*WAYS, "each"))
    if len(given) != 1:
        what = f"not {' and '.join(given)}" if given else "none is here"
        fields.problem("", f"one of questions, covers and pick is expected, {what}")
        return {"questions": []}
    if given == ["pick"]:
        return {"pick": _pick(fields.nested("pick"))}
    entries = fields.slugs(given[0], MAX_ENTRIES)
    if given == ["covers"]:
        return {"covers": entries, "each": fields.number("each", 0, 20, default=0)}
    return {"questions": entries}


def _pick(fields: Fields) -> dict[str, Any]:
    """A rule: whatever it names restricts; questions must fit all of it."""
    rule: dict[str, Any] = {
        "topics": fields.slugs("topics", 50),
        "tags": fields.slugs("tags", 20),
        "levels": _chosen(fields, "levels", LEVELS),
        "kinds": _chosen(fields, "kinds", KINDS),
        "count": fields.number("count", 1, MAX_ENTRIES),
    }
    if fields.has("variants"):
        rule["variants"] = fields.flag("variants")
    fields.seen.add("variants")
    fields.close()
    return {name: value for name, value in rule.items() if value != []}


def _chosen(fields: Fields, name: str, allowed: Collection[str]) -> list[str]:
    values = fields.slugs(name, len(allowed))
    for i, value in enumerate(values, 1):
        if value not in allowed:
            fields.problem(f"{name}[{i}]", f"one of {', '.join(allowed)} is expected, not “{value}”")
    return values


def write(content: Any) -> dict[str, Any]:
    """A set, or a row of one, as it stands in a file; the reverse of `read`."""
    data = {name: getattr(content, name) for name in NAMES if name not in ("slug", "sections", "status")}
    shown = {name: value for name, value in data.items() if value or name in ("title", "order")}
    if content.status != "published":
        shown["status"] = content.status
    return shown | write_sections(content.sections)


def write_sections(sections: list[Section]) -> dict[str, Any]:
    """In a fixed order: JSON in PostgreSQL does not keep the order of keys."""
    shown = [
        {name: _ordered(section[name]) for name in SECTION_FIELDS if section.get(name)}
        for section in sections
    ]
    if len(sections) == 1 and not sections[0]["title"]:
        return shown[0] or {"questions": []}
    return {"sections": shown}


def _ordered(value: Any) -> Any:
    return {name: value[name] for name in RULE_FIELDS if name in value} if isinstance(value, dict) else value


def of_row(row: Any) -> SetContent:
    """The content of a stored set, as it is."""
    return SetContent(**{name: getattr(row, name) for name in NAMES})


def as_data(content: SetContent) -> dict[str, Any]:
    return {name: value for name, value in asdict(content).items() if name != "lines"}


def named(content: SetContent, way: str) -> Iterator[tuple[str, str]]:
    """(path, entry) of every question or coverage id that a set names."""
    is_plain = len(content.sections) == 1 and not content.sections[0]["title"]
    for i, section in enumerate(content.sections, 1):
        start = way if is_plain else f"sections[{i}].{way}"
        yield from ((f"{start}[{k}]", entry) for k, entry in enumerate(section.get(way, []), 1))


def fits(question: Any, topic: str, varies: bool, rule: Mapping[str, Any]) -> bool:
    """Whether a question, as content or as a row, fulfils all that a rule names."""
    return (
        topic in rule.get("topics", [topic])
        and question.level in rule.get("levels", [question.level])
        and question.kind in rule.get("kinds", [question.kind])
        and set(rule.get("tags", [])) <= set(question.tags)
        and rule.get("variants", varies) == varies
    )


def rules_short_of_questions(content: SetContent, questions: Iterable[Any]) -> list[Problem]:
    """A problem for each rule that finds fewer published questions than a run is to draw."""
    published = [question for question in questions if question.status == "published"]
    problems = []
    for i, section in enumerate(content.sections, 1):
        if rule := section.get("pick"):
            found = sum(fits(q, q.topic, "variant" in q.spec, rule) for q in published)
            path = "pick" if len(content.sections) == 1 else f"sections[{i}].pick"
            if found < rule["count"]:
                problems.append(
                    Problem(path, f"finds {found} questions, but {rule['count']} are to be drawn")
                )
    return problems


def unknown_questions(content: SetContent, slugs: Collection[str]) -> list[Problem]:
    """A problem for each question that a set names and that its bank does not have."""
    text = "this bank has no question “{}”: write its slug, or take it out"
    return [
        Problem(path, text.format(slug)) for path, slug in named(content, "questions") if slug not in slugs
    ]
