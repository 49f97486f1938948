"""A new exercise: a copy of `devtools/skeleton/`, with a TODO wherever one must write."""

import keyword
import shutil
from pathlib import Path

from exercises.catalogue import MAX_SLUG, SLUG
from exercises.proof.layout import WRITTEN

SKELETON = Path(__file__).with_name("skeleton")
PLACEHOLDER = "new_exercise"


class Refused(Exception):
    """No skeleton can be made under this name; the message says why."""


def make(slug: str, root: Path) -> list[Path]:
    """Make the folder and give its files. Raises Refused."""
    if len(slug) > MAX_SLUG or not SLUG.fullmatch(slug):
        raise Refused(
            f"{slug[:MAX_SLUG]!r} is no slug: use up to {MAX_SLUG} small letters, digits and single hyphens, "
            "such as max-pool2d"
        )
    folder = root / slug
    if folder.exists():
        raise Refused(f"{folder} exists already; prove it with ./dev exercise check {slug}")
    shutil.copytree(SKELETON, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in files(folder):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(PLACEHOLDER, function_name(slug)), encoding="utf-8")
    return files(folder)


def files(folder: Path) -> list[Path]:
    """What somebody writes of an exercise."""
    return sorted(path for path in folder.rglob("*") if path.suffix in WRITTEN)


def function_name(slug: str) -> str:
    """A name for the entry point, to be changed if another one is better."""
    name = slug.replace("-", "_")
    return name if name.isidentifier() and not keyword.iskeyword(name) else "answer"
