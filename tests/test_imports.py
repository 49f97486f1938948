"""Imports run one way (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = (
    "config",
    "accounts",
    "quizbank",
    "grader",
    "exercises",
    "frontend",
    "devtools",
    "tests",
    "benchmarks",
)

# Which parts of the project a part may import; longest matching name wins.
ALLOWED = {
    "grader.engine": {"grader.engine"},
    "grader.judge": {"exercises", "grader.engine", "grader"},
    "grader": {"grader", "exercises", "frontend", "accounts"},
    "exercises": {"exercises"},
    "quizbank": {
        "quizbank",
        "exercises.reference",
        "exercises.catalogue",
        "exercises.syntax",
        "frontend",
        "accounts",
    },
    "frontend": {"frontend"},
    "accounts": {"accounts"},
    "config": {"config", "accounts", "quizbank", "grader", "frontend"},
}
WITHOUT_DJANGO = ("exercises", "grader.engine")


def modules(part: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / part).rglob("*.py")):
        relative = path.relative_to(ROOT).with_suffix("")
        if "node_modules" not in relative.parts:
            yield ".".join(relative.parts).removesuffix(".__init__"), path


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def under(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def rule_for(module: str) -> set[str]:
    best = max((package for package in ALLOWED if under(module, package)), key=len)
    return ALLOWED[best]


@pytest.mark.parametrize("part", ["config", "accounts", "quizbank", "grader", "exercises", "frontend"])
def test_parts_import_only_what_they_may(part):
    wrong = [
        f"{module} imports {name}"
        for module, path in modules(part)
        for name in imported(path)
        if name.split(".")[0] in PARTS and not any(under(name, allowed) for allowed in rule_for(module))
    ]
    assert wrong == []


@pytest.mark.parametrize("package", WITHOUT_DJANGO)
def test_no_django_below_the_judge(package):
    wrong = [
        f"{module} imports {name}"
        for module, path in modules(package.split(".")[0])
        if under(module, package)
        for name in imported(path)
        if name.split(".")[0] in {"django", "celery", "rest_framework"}
    ]
    assert wrong == []


def test_only_settings_read_the_environment_of_the_site():
    readers = [
        module
        for part in ("accounts", "quizbank", "grader", "exercises", "frontend")
        for module, path in modules(part)
        if not under(module, "grader.engine") and "os.environ" in path.read_text()
    ]
    assert set(readers) <= {"grader.cli", "frontend.build", "exercises.validate"}, "command-line tools only"
