"""The catalogue: one folder an exercise, read into frozen dataclasses; docs/exercises.md has the format."""

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from exercises import files, frameworks, syntax
from exercises.candidate import Candidate
from exercises.dsl import Case, collected
from exercises.local import LocalCandidate
from exercises.metadata import ExerciseError, Metadata, docstring, parameters, parse
from exercises.tiers import BASELINES
from exercises.timing import Timed

CATALOGUE = Path(__file__).resolve().parent / "catalogue"
SURVIVORS = "survivors.toml"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 80

__all__ = [
    "CATALOGUE",
    "Exercise",
    "ExerciseError",
    "Mistake",
    "Solution",
    "UnknownExercise",
    "load",
    "load_all",
    "slugs",
]


class UnknownExercise(ExerciseError):
    """No exercise has this slug."""


@dataclass(frozen=True)
class Solution:
    """A right answer: a model answer, or one in another style that the cases must accept as well."""

    file: str
    framework: str
    source: str

    @property
    def style(self) -> str:
        """How it goes about it: the first line of the docstring; empty without one."""
        return (ast.get_docstring(syntax.parse(self.source)) or "").partition("\n")[0]


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer; the diagnosis is what a learner who made it reads."""

    name: str
    source: str
    diagnosis: str


@dataclass(frozen=True)
class Exercise(Metadata):
    """One exercise, whole. `version` changes whenever a file does that plays a part in judging: any but
    `answers/*.py` and `survivors.toml`, which only prove the cases.
    """

    slug: str
    folder: Path
    version: str
    statement: str
    starter: str
    editorial: str
    given: str | None
    solutions: tuple[Solution, ...]
    answers: tuple[Solution, ...]
    mistakes: tuple[Mistake, ...]
    baselines: Mapping[str, str]

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The cases of checks.py in their order. Raises ExerciseError."""
        path = self.folder / "checks.py"
        cases = _cases(path)
        _check_devices(cases, self.devices, path)
        _check_frameworks(cases, self.frameworks, path)
        _check_bonus(cases, path)
        return cases

    def cases_for(self, source: str, *, visible_only: bool = False) -> tuple[Case, ...]:
        """The cases that an answer with this text is given."""
        framework = frameworks.used(self, source)
        return tuple(
            case for case in self.cases if case.suits(framework) and (case.visible or not visible_only)
        )

    def profile_for(self, source: str) -> str:
        """The engine's profile on the CPU in which an answer with this text runs."""
        return frameworks.profile(self, frameworks.used(self, source))

    @cached_property
    def timed(self) -> Timed | None:
        """The timed case of speed.py; None where the exercise has no such file. Raises ExerciseError."""
        path = self.folder / "speed.py"
        return _timed(path) if path.is_file() else None

    @property
    def points(self) -> int:
        """What all cases together are worth."""
        return sum(case.points for case in self.cases)

    @property
    def provided(self) -> dict[str, str]:
        """Modules that a candidate may import besides the profile's: `given`, where the exercise has one."""
        return {} if self.given is None else {"given": self.given}

    def parameters(self, name: str) -> tuple[str, ...]:
        """The names of an entry point's positional parameters, from the starter; empty if unknown."""
        return parameters(self.starter, name)

    def local(self, source: str, name: str = "candidate") -> Candidate:
        """A trusted source of this exercise as a candidate in this process."""
        return LocalCandidate(source, name, self.provided)


def slugs(root: Path = CATALOGUE) -> list[str]:
    """The slugs of all exercises, sorted."""
    return sorted(path.parent.name for path in root.glob("*/exercise.toml"))


def load_all(root: Path = CATALOGUE) -> list[Exercise]:
    """All exercises, by slug. Raises ExerciseError."""
    return [load(slug, root) for slug in slugs(root)]


def readable(root: Path = CATALOGUE) -> Iterator[Exercise]:
    """All exercises but those whose files are broken, by slug."""
    for slug in slugs(root):
        try:
            yield load(slug, root)
        except ExerciseError:
            continue


def load(slug: str, root: Path = CATALOGUE) -> Exercise:
    """One exercise. Raises ExerciseError naming file and field, UnknownExercise for an unknown slug."""
    folder = root / slug
    if len(slug) > MAX_SLUG or not SLUG.fullmatch(slug) or not (folder / "exercise.toml").is_file():
        raise UnknownExercise(f"no exercise is called {slug[:80]!r}")
    return _read(slug, folder, files.stamps(folder))


@lru_cache(maxsize=256)
def _read(slug: str, folder: Path, stamps: tuple[files.Stamp, ...]) -> Exercise:
    """Read a folder; `stamps` makes a changed file a new entry of the cache."""
    texts = files.texts(folder, stamps)
    metadata = parse(_toml(folder / "exercise.toml", texts["exercise.toml"]), folder / "exercise.toml")
    return Exercise(
        **vars(metadata),
        slug=slug,
        folder=folder,
        version=_version(texts),
        statement=_needed(texts, folder, "statement.md"),
        starter=_needed(texts, folder, "starter.py"),
        editorial=_needed(texts, folder, "editorial.md"),
        given=texts.get("given.py"),
        solutions=_solutions(texts, folder, metadata),
        answers=_answers(texts, folder, metadata),
        mistakes=_mistakes(texts, folder),
        baselines=_baselines(texts, folder, metadata),
    )


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ExerciseError(f"{path}: {error}") from None


def _needed(texts: dict[str, str], folder: Path, name: str) -> str:
    text = texts.get(name, "")
    if not text.strip():
        raise ExerciseError(f"{folder / name}: missing or empty")
    return text


def _version(texts: dict[str, str]) -> str:
    """The hash of the files that play a part in judging."""
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        if name == SURVIVORS or name.startswith("answers/"):
            continue
        body = text.encode()
        digest.update(f"{name}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()


def _solutions(texts: dict[str, str], folder: Path, metadata: Metadata) -> tuple[Solution, ...]:
    found = [Solution("solution.py", metadata.frameworks[0], _needed(texts, folder, "solution.py"))]
    if "solution_torch.py" in texts:
        found.append(Solution("solution_torch.py", "torch", texts["solution_torch.py"]))
    return tuple(found)


def _answers(texts: dict[str, str], folder: Path, metadata: Metadata) -> tuple[Solution, ...]:
    """Right answers in other styles, which the docstring names in one line."""
    found = []
    for name, source in sorted(texts.items()):
        if name.startswith("answers/"):
            style = docstring(source, folder / name, "names its style")
            if "\n" in style:
                raise ExerciseError(f"{folder / name}: the docstring must be one line that names the style")
            found.append(Solution(name, frameworks.used(metadata, source), source))
    return tuple(found)


def _mistakes(texts: dict[str, str], folder: Path) -> tuple[Mistake, ...]:
    found = []
    for name, source in sorted(texts.items()):
        if name.startswith("mistakes/"):
            found.append(Mistake(Path(name).stem, source, docstring(source, folder / name)))
    return tuple(found)


def _baselines(texts: dict[str, str], folder: Path, metadata: Metadata) -> Mapping[str, str]:
    """The sources that speed is compared with: all or none, and with them a timed case."""
    found = {name: texts.get(f"baselines/{name}.py", "") for name in BASELINES}
    strange = {name for name in texts if name.startswith("baselines/")} - {f"baselines/{n}.py" for n in found}
    if strange:
        raise ExerciseError(f"{folder / min(strange)}: unknown baseline; there are {', '.join(BASELINES)}")
    if not any(found.values()) and "speed.py" not in texts and metadata.speed is None:
        return {}
    for name in found:
        _needed(texts, folder, f"baselines/{name}.py")
    _needed(texts, folder, "speed.py")
    return found


def _executed(path: Path, what: str) -> dict[str, Any]:
    """The names that a checks.py or speed.py defines, which are as trusted as the rest of this project."""
    if not path.is_file():
        raise ExerciseError(f"{path}: missing")
    namespace: dict[str, Any] = {"__name__": f"{what} of {path.parent.name}", "__file__": str(path)}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), namespace)  # noqa: S102
    except Exception as error:
        raise ExerciseError(f"{path}: {type(error).__name__}: {error}") from error
    return namespace


def _timed(path: Path) -> Timed:
    found = [value for value in _executed(path, "speed").values() if isinstance(value, Timed)]
    if len(found) != 1:
        raise ExerciseError(f"{path}: expected one function with @timed, found {len(found)}")
    return found[0]


def _cases(path: Path) -> tuple[Case, ...]:
    """Collect the cases of a checks.py."""
    cases = collected(_executed(path, "checks").values())
    names = [case.name for case in cases]
    for name in names:
        if names.count(name) > 1:
            raise ExerciseError(f"{path}: two cases are called {name!r}")
    if not cases:
        raise ExerciseError(f"{path}: no cases; decorate functions with @case")
    return cases


def _check_devices(cases: tuple[Case, ...], devices: tuple[str, ...], path: Path) -> None:
    """The devices of exercise.toml and those of the cases are the same."""
    found = {case.device for case in cases}
    for device in sorted(found ^ set(devices)):
        if device in found:
            raise ExerciseError(f"{path}: a case is for {device}, which devices in exercise.toml leaves out")
        raise ExerciseError(f"{path}: no case is for {device}, which devices in exercise.toml names")


def _check_frameworks(cases: tuple[Case, ...], taken: tuple[str, ...], path: Path) -> None:
    """Cases name frameworks that the exercise takes; a case for a GPU is none for answers in NumPy."""
    for case in cases:
        if case.framework and case.framework not in taken:
            raise ExerciseError(
                f"{path}: case {case.name!r} is for {case.framework}, which "
                "frameworks in exercise.toml leaves out"
            )
        if case.device == "cuda" and "numpy" in taken and case.framework != "torch":
            raise ExerciseError(
                f'{path}: case {case.name!r} is for a GPU, so it needs framework="torch": '
                "answers in NumPy have no tensors"
            )


def _check_bonus(cases: tuple[Case, ...], path: Path) -> None:
    """Bonus cases come last: one that uses up the time must not take a counted case with it."""
    bonus = [case.bonus for case in cases]
    if bonus != sorted(bonus):
        raise ExerciseError(f"{path}: case {cases[bonus.index(True)].name!r} is a bonus: put it last")
