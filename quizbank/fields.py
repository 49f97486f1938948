"""Reads mappings of unknown content field by field, and collects everything that is not as expected.

`Fields` is handed a mapping from a YAML file or a JSON field. Each reader gives back a usable value in any
case, so that one pass finds all problems; `problems` is empty where the values may be used.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from quizbank.problems import Problem

T = TypeVar("T")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
MISSING: Any = object()


def bad_character(text: str) -> str | None:
    """The name of the first character that no text may contain, e.g. "U+0000"."""
    found = CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def type_name(value: object) -> str:
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else type(value).__name__)


class Fields:
    """The fields of one mapping; `path` is where it stands, e.g. "options[2]"."""

    def __init__(self, data: object, problems: list[Problem], path: str = "") -> None:
        self.path = path
        self.problems = problems
        self.seen: set[str] = set()
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.problem("", f"a mapping of fields is expected, not {type_name(data)}")

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path and name else self.path or name

    def problem(self, name: str, expected: str) -> None:
        self.problems.append(Problem(self.at(name), expected))

    def has(self, name: str) -> bool:
        return self.data.get(name) is not None

    def take(self, name: str, expected: str, default: Any = MISSING) -> Any:
        """The raw value; a missing one is a problem unless there is a default."""
        self.seen.add(name)
        value = self.data.get(name)
        if value is None and default is MISSING:
            self.problem(name, f"is missing: {expected} is expected")
        return (None if default is MISSING else default) if value is None else value

    def text(self, name: str, limit: int, default: Any = MISSING, least: int = 1) -> str:
        value = self.take(name, f"a text of at most {limit} characters", default)
        return self.as_text(name, value, limit, least if default is MISSING else 0)

    def as_text(self, name: str, value: Any, limit: int, least: int = 1) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problem(name, f"a text is expected, not {type_name(value)} (put it in quotes)")
            return ""
        value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not least <= len(value) <= limit:
            self.problem(
                name, f"a text of {least} to {limit:,} characters is expected, this has {len(value):,}"
            )
        if character := bad_character(value):
            self.problem(name, f"holds the character {character}, which no text may contain")
        return value

    def slug(self, name: str, value: Any, limit: int = 80) -> str:
        text = self.as_text(name, value, limit)
        if text and not SLUG.fullmatch(text):
            self.problem(
                name, f"lower-case letters, digits and single hyphens are expected, not “{text[:40]}”"
            )
        return text

    def number(self, name: str, least: int, most: int, default: Any = MISSING) -> int:
        value = self.take(name, f"an integer from {least} to {most}", default)
        if value is None:
            return least
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.problem(name, f"an integer from {least} to {most} is expected, not {str(value)[:40]!r}")
            return least
        return value

    def flag(self, name: str, default: Any = MISSING) -> bool:
        value = self.take(name, "true or false", default)
        if value is not None and not isinstance(value, bool):
            self.problem(name, f"true or false is expected, not {str(value)[:40]!r}")
        return value is True

    def one_of(self, name: str, allowed: Iterable[str], default: Any = MISSING) -> str:
        allowed = list(allowed)
        value = self.take(name, "one of " + ", ".join(allowed), default)
        if value is not None and value not in allowed:
            self.problem(name, f"one of {', '.join(allowed)} is expected, not {str(value)[:40]!r}")
            return allowed[0]
        return value or allowed[0]

    def entries(self, name: str, least: int, most: int, default: Any = MISSING) -> list[Any]:
        value = self.take(name, f"a list of {least} to {most} entries", default)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(name, f"a list is expected, not {type_name(value)}")
            return []
        if not least <= len(value) <= most and not (default is not MISSING and not value):
            self.problem(name, f"{least} to {most} entries are expected, this has {len(value)}")
        return value[:most]

    def texts(self, name: str, limit: int, least: int, most: int, default: Any = MISSING) -> list[str]:
        values = self.entries(name, least, most, default)
        return [self.as_text(f"{name}[{i}]", value, limit) for i, value in enumerate(values, 1)]

    def slugs(self, name: str, most: int) -> list[str]:
        values = self.entries(name, 0, most, [])
        slugs = [self.slug(f"{name}[{i}]", value) for i, value in enumerate(values, 1)]
        if len(set(slugs)) < len(slugs):
            self.problem(name, "names an entry twice")
        return slugs

    def nested(self, name: str, default: Any = MISSING) -> "Fields":
        value = self.take(name, "a mapping of fields", default)
        return Fields({} if value is None else value, self.problems, self.at(name))

    def many(
        self, name: str, read: Callable[["Fields"], T], least: int, most: int, default: Any = MISSING
    ) -> list[T]:
        """Read a list of mappings with `read`, which also closes each of them."""
        values = self.entries(name, least, most, default)
        return [
            read(Fields(value, self.problems, self.at(f"{name}[{i}]"))) for i, value in enumerate(values, 1)
        ]

    def close(self) -> None:
        """Everything that was not read is an unknown field."""
        for name in self.data:
            if name not in self.seen:
                known = ", ".join(sorted(self.seen))
                self.problem(str(name)[:60], f"is not a known field here (known: {known})")
