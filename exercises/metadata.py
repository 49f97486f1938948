"""The fields of exercise.toml: what they may hold, and errors that name file and field."""

import ast
import keyword
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises import syntax
from exercises.tiers import BASELINES, TIERS, Interval, Tiers

LEVELS = ("junior", "mid", "senior")
FRAMEWORKS = ("numpy", "torch")
TAKEN = frozenset({"generator", "progress", "show"})  # what `candidate.NAME` is besides entry points
PROFILES = ("numpy", "torch", "cuda")
DEVICES = ("cpu", "cuda")
HINTS = (2, 4)
REQUIRED = (
    "title",
    "summary",
    "topic",
    "level",
    "tags",
    "minutes",
    "entry_points",
    "frameworks",
    "profile",
    "devices",
    "hints",
    "questions",
    "limits",
)


class ExerciseError(Exception):
    """An exercise's files are not what they should be; the message names file, field and what is expected."""


@dataclass(frozen=True)
class ExerciseLimits:
    """What a submission to an exercise may use: seconds of wall time, MiB of memory, threads, and on a GPU
    MiB of its memory.
    """

    seconds: float
    memory_mb: int
    threads: int = 1
    device_memory_mb: int = 2048


@dataclass(frozen=True)
class Metadata:
    """What exercise.toml says."""

    title: str
    summary: str
    topic: str
    level: str
    tags: tuple[str, ...]
    minutes: int
    entry_points: tuple[str, ...]
    frameworks: tuple[str, ...]
    profile: str
    devices: tuple[str, ...]
    hints: tuple[str, ...]
    questions: tuple[str, ...]
    limits: ExerciseLimits
    speed: Tiers | None
    forbidden: tuple[str, ...]


class Fields:
    """Typed access to a TOML table; every error names file and field."""

    def __init__(self, table: dict[str, Any], path: Path, prefix: str = "") -> None:
        self.table = table
        self.path = path
        self.prefix = prefix

    def error(self, name: str, expected: str) -> ExerciseError:
        """The error for a field that is not what is expected."""
        found = repr(self.table[name])[:60] if name in self.table else "nothing"
        return ExerciseError(f"{self.path}: {self.prefix}{name}: expected {expected}, found {found}")

    def only(self, known: tuple[str, ...] | list[str]) -> None:
        """Fail on a field that does not exist."""
        for name in self.table:
            if name not in known:
                fields = ", ".join(known)
                raise ExerciseError(f"{self.path}: {self.prefix}{name}: unknown field; there are {fields}")

    def text(self, name: str, longest: int) -> str:
        """A non-empty line."""
        value = self.table.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > longest or "\n" in value:
            raise self.error(name, f"one line of 1 to {longest} characters")
        return value.strip()

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.table.get(name)
        if value not in choices:
            raise self.error(name, f"one of {', '.join(choices)}")
        return str(value)

    def number(self, name: str, least: float, most: float, whole: bool = False) -> Any:
        """A number within bounds."""
        value: Any = self.table.get(name)
        right = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not right or not least <= value <= most:
            raise self.error(name, f"{'an integer' if whole else 'a number'} from {least:g} to {most:g}")
        return value

    def texts(
        self, name: str, least: int, most: int, choices: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """A list of different non-empty strings."""
        value: Any = self.table.get(name)
        right = isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
        if not right or not least <= len(value) <= most or len(set(value)) < len(value):
            raise self.error(name, f"a list of {least} to {most} different strings")
        if choices and not set(value) <= set(choices):
            raise self.error(name, f"a list of {', '.join(choices)}")
        return tuple(value)

    def inner(self, name: str) -> "Fields":
        """A table within the table."""
        value = self.table.get(name)
        if not isinstance(value, dict):
            raise self.error(name, "a table")
        return Fields(value, self.path, f"{self.prefix}{name}.")


def parse(table: dict[str, Any], path: Path) -> Metadata:
    """Check a whole exercise.toml. Raises ExerciseError."""
    fields = Fields(table, path)
    fields.only([*REQUIRED, "speed", "forbidden"])
    for name in REQUIRED:
        if name not in table:
            raise ExerciseError(f"{path}: {name}: missing")
    metadata = Metadata(
        title=fields.text("title", 80),
        summary=fields.text("summary", 160),
        topic=fields.text("topic", 60),
        level=fields.choice("level", LEVELS),
        tags=fields.texts("tags", 1, 12),
        minutes=fields.number("minutes", 1, 240, whole=True),
        entry_points=_entry_points(fields),
        frameworks=fields.texts("frameworks", 1, 2, FRAMEWORKS),
        profile=fields.choice("profile", PROFILES),
        devices=fields.texts("devices", 1, 2, DEVICES),
        hints=fields.texts("hints", *HINTS),
        questions=fields.texts("questions", 0, 20),
        limits=_limits(fields.inner("limits")),
        speed=_speed(fields.inner("speed")) if "speed" in table else None,
        forbidden=fields.texts("forbidden", 1, 20) if "forbidden" in table else (),
    )
    _consistent(metadata, fields)
    return metadata


def _entry_points(fields: Fields) -> tuple[str, ...]:
    names = fields.texts("entry_points", 1, 10)
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in TAKEN:
            expected = f"names of functions and classes, none of them {', '.join(sorted(TAKEN))}"
            raise fields.error("entry_points", expected)
    return names


def _limits(fields: Fields) -> ExerciseLimits:
    fields.only(("seconds", "memory_mb", "threads", "device_memory_mb"))
    threads = fields.number("threads", 1, 16, whole=True) if "threads" in fields.table else 1
    seconds = fields.number("seconds", 1, 120)
    memory = fields.number("memory_mb", 128, 16384, whole=True)
    if "device_memory_mb" not in fields.table:
        return ExerciseLimits(float(seconds), memory, threads)
    device_memory = fields.number("device_memory_mb", 256, 65536, whole=True)
    return ExerciseLimits(float(seconds), memory, threads, device_memory)


def _speed(fields: Fields) -> Tiers:
    fields.only((*TIERS, "calibration"))
    bronze, silver, gold = (float(fields.number(name, 0.001, 100_000)) for name in TIERS)
    if not gold < silver < bronze:
        raise fields.error("silver", "a ratio above gold and below bronze")
    calibration = fields.inner("calibration")
    calibration.only(BASELINES)
    return Tiers(bronze, silver, gold, {name: _interval(calibration, name) for name in BASELINES})


def _interval(fields: Fields, name: str) -> Interval:
    value: Any = fields.table.get(name)
    right = isinstance(value, list) and len(value) == 3
    right = right and all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in value)
    if not right or not 0 < value[0] <= value[1] <= value[2]:
        raise fields.error(name, "three growing positive ratios: least, middle, most")
    return Interval(*(float(one) for one in value))


def _consistent(metadata: Metadata, fields: Fields) -> None:
    if "torch" in metadata.frameworks and metadata.profile == "numpy":
        raise fields.error("profile", "torch or cuda, since frameworks has torch")
    if metadata.devices == ("cuda",) and metadata.profile != "cuda":
        raise fields.error("profile", "cuda, since devices has nothing else")
    if "cpu" in metadata.devices and metadata.profile == "cuda":
        raise fields.error("profile", "torch, since devices has cpu")
    if "cuda" in metadata.devices and "torch" not in metadata.frameworks:
        raise fields.error("frameworks", "torch among them, since devices has cuda")
    if metadata.speed is not None and metadata.profile == "cuda":
        raise fields.error("profile", "numpy or torch, since speed is measured on the CPU only")


def docstring(source: str, path: Path, role: str = "is the diagnosis that the learner reads") -> str:
    """The docstring of a file that needs one; `role` says in the error what it does."""
    try:
        text = ast.get_docstring(syntax.parse(source))
    except SyntaxError as error:
        raise ExerciseError(f"{path}:{error.lineno}: {error.msg}") from None
    if not text:
        raise ExerciseError(f"{path}: needs a docstring, which {role}")
    return text


def parameters(source: str, name: str) -> tuple[str, ...]:
    """Names of the positional parameters of a top-level function, or of a class's `__init__` without self."""
    for node in syntax.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return _positional(node)
        if isinstance(node, ast.ClassDef) and node.name == name:
            inits = [
                item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"
            ]
            return _positional(inits[0])[1:] if inits else ()
    return ()


def _positional(node: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
