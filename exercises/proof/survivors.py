"""The survivors.toml of an exercise: which mutants its cases accept, and why that is right.

[[survivor]]
file = "solution.py"
mutant = "dropout: mask = rng.random(x.shape) >= p -> mask = rng.random(x.shape) > p"
why = "random() gives exactly p with probability 2**-53."
changes_behaviour = false  # the default; true: a wrong answer that is knowingly let through

Several mutants with one reason may be a list: mutant = ["...", "..."].
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exercises.catalogue import SURVIVORS
from exercises.metadata import ExerciseError, Fields
from exercises.proof.mutants import Mutant, key

NEEDED = 0.95  # the part of the mutants that change behaviour which cases must reject
LONGEST = 1000


@dataclass(frozen=True)
class Survivor:
    """One entry: a mutant that cases accept, and why."""

    file: str
    mutant: str
    why: str
    changes_behaviour: bool


@dataclass
class Tally:
    """How the mutants of an exercise fared."""

    total: int = 0
    killed: int = 0
    explained: int = 0
    unlisted: list[Mutant] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Rejected ones among those that change behaviour, as far as survivors.toml tells."""
        counted = self.total - self.explained
        return self.killed / counted if counted else 1.0


def read(folder: Path) -> list[Survivor]:
    """The entries of an exercise's survivors.toml; none where there is no such file. Raises ExerciseError."""
    path = folder / SURVIVORS
    if not path.is_file():
        return []
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExerciseError(f"{path}: {error}") from None
    fields = Fields(table, path)
    fields.only(("survivor",))
    entries = table.get("survivor", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise fields.error("survivor", "[[survivor]] tables")
    found = []
    for number, entry in enumerate(entries, start=1):
        found += _survivors(Fields(entry, path, f"survivor {number}: "))
    keys = [(one.file, key(one.mutant)) for one in found]
    for one, its_key in zip(found, keys, strict=True):
        if keys.count(its_key) > 1:
            raise ExerciseError(f"{path}: {one.mutant!r} is listed twice")
    return found


def _survivors(fields: Fields) -> list[Survivor]:
    fields.only(("file", "mutant", "why", "changes_behaviour"))
    why = fields.text("why", LONGEST)
    if "TODO" in why:
        raise fields.error("why", "a sentence that says why cases need not reject it, instead of TODO")
    changes = fields.table.get("changes_behaviour", False)
    if not isinstance(changes, bool):
        raise fields.error("changes_behaviour", "true or false")
    several = isinstance(fields.table.get("mutant"), list)
    names = fields.texts("mutant", 1, 200) if several else (fields.text("mutant", LONGEST),)
    file = fields.text("file", 80)
    return [Survivor(file, name, why, changes) for name in names]


def tally(
    entries: Sequence[Survivor], outcomes: Mapping[Mutant, str], names: Mapping[str, Sequence[str]]
) -> Tally:
    """Compare what survived with what is listed.

    `outcomes` says what rejects each mutant (empty: nothing); `names` has for each file all its mutants, with
    those that were not chosen.
    """
    result = Tally(total=len(outcomes), killed=sum(map(bool, outcomes.values())))
    listed = {(entry.file, key(entry.mutant)): entry for entry in entries}
    tried = {(mutant.file, key(mutant.name)): mutant for mutant in outcomes}
    for place, mutant in tried.items():
        if outcomes[mutant]:
            continue
        if place not in listed:
            result.unlisted.append(mutant)
        elif not listed[place].changes_behaviour:
            result.explained += 1
    result.problems = [_stale(entry, tried, outcomes, names) for entry in entries]
    result.problems = [problem for problem in result.problems if problem]
    result.problems += [
        f"{mutant.file}:{mutant.line}: this mutant passes every case; reject it, or list and explain it in "
        f"{SURVIVORS}: {mutant.name}"
        for mutant in result.unlisted
    ]
    if result.rate < NEEDED:
        result.problems.append(
            f"checks.py: rejects {result.killed} of {result.total - result.explained} mutants that change "
            f"behaviour ({result.rate:.1%}); at least {NEEDED:.0%} are needed"
        )
    return result


def _stale(
    entry: Survivor,
    tried: Mapping[tuple[str, str], Mutant],
    outcomes: Mapping[Mutant, str],
    names: Mapping[str, Sequence[str]],
) -> str:
    """Why an entry has nothing to explain any more; empty if it has."""
    mutant = tried.get((entry.file, key(entry.mutant)))
    if mutant is not None:
        why = f"is rejected now ({outcomes[mutant]})" if outcomes[mutant] else ""
    elif key(entry.mutant) in map(key, names.get(entry.file, ())):
        why = "is not among the mutants that are chosen to be tried"
    else:
        why = f"is no mutant of {entry.file}"
    return f"{SURVIVORS}: delete the entry of a mutant which {why}: {entry.mutant}" if why else ""


def entry_for(mutant: Mutant) -> str:
    """An entry to be pasted into survivors.toml and completed."""
    return (
        f"[[survivor]]\nfile = {json.dumps(mutant.file)}\n"
        f'mutant = {json.dumps(mutant.name, ensure_ascii=False)}\nwhy = "TODO"\n'
    )
