"""What can be seen of an exercise without running it: cases, entry points, counts, what is still to do."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from exercises import forbidden, syntax
from exercises.catalogue import Exercise, Solution

MIN_HIDDEN = 3
MIN_ANSWERS = 2
UNFILLED = re.compile(r"\bTODO\b")
SHOWN = 30
WRITTEN = (".py", ".md", ".toml")


def unfilled(folder: Path) -> list[str]:
    """The lines of a skeleton that wait to be filled."""
    found = [
        f"{path.relative_to(folder)}:{number}: still to do: {line.strip()[:80]}"
        for path in sorted(folder.rglob("*"))
        if path.suffix in WRITTEN and path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if UNFILLED.search(line)
    ]
    rest = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    return found[:SHOWN] + rest


def problems(exercise: Exercise) -> list[str]:
    """What is missing or out of place."""
    return [
        *_case_problems(exercise),
        *_count_problems(exercise),
        *_forbidden_problems(exercise),
        *_entry_problems(exercise),
    ]


def right_answers(exercise: Exercise) -> tuple[Solution, ...]:
    """All answers that every case must accept."""
    return exercise.solutions + exercise.answers


def _case_problems(exercise: Exercise) -> Iterator[str]:
    everywhere = [
        case
        for case in exercise.cases
        if case.device == exercise.devices[0] and case.framework in ("", exercise.frameworks[0])
    ]
    hidden = [case for case in everywhere if not case.visible]
    where = f" for {exercise.devices[0]}" if len(exercise.devices) > 1 else ""
    if len(hidden) == len(everywhere):
        yield f"checks.py: needs at least one visible case{where}"
    if len(hidden) < MIN_HIDDEN:
        yield f"checks.py: needs at least {MIN_HIDDEN} hidden cases{where}, has {len(hidden)}"
    visible = [case.visible for case in exercise.cases]
    if visible != sorted(visible, reverse=True):
        yield "checks.py: visible cases must come first: they could show inputs of hidden ones before"


def _count_problems(exercise: Exercise) -> Iterator[str]:
    if not exercise.mistakes:
        yield "mistakes/: needs at least one typical mistake"
    if len(exercise.answers) < MIN_ANSWERS:
        yield (
            f"answers/: needs at least {MIN_ANSWERS} right answers in other styles than the model answer's, "
            f"has {len(exercise.answers)}"
        )


def _forbidden_problems(exercise: Exercise) -> Iterator[str]:
    """Right answers keep to what the statement allows."""
    for one in right_answers(exercise):
        use = forbidden.use(one.source, exercise.forbidden)
        if use:
            yield f"{one.file}:{use[0]}: uses {use[1]}, which exercise.toml forbids"


def _entry_problems(exercise: Exercise) -> Iterator[str]:
    documented = [("starter.py", exercise.starter), *((one.file, one.source) for one in exercise.solutions)]
    for file, source in [*documented, *((one.file, one.source) for one in exercise.answers)]:
        try:
            tree = syntax.parse(source)
        except SyntaxError as error:
            yield f"{file}:{error.lineno}: {error.msg}"
            continue
        defined = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        for name in exercise.entry_points:
            if name not in defined:
                yield f"{file}: does not define {name}"
            elif (file, source) in documented and not ast.get_docstring(defined[name]):
                yield f"{file}: {name} has no docstring"
