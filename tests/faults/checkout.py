"""A checkout beside the real one in which an exercise has a short time limit.

An endless loop is then told after seconds, and everything else is what it is.
"""

import re
import shutil
from pathlib import Path

from tests.grader.stack import ROOT

PARTS = ("config", "accounts", "quizbank", "grader", "frontend", "manage.py")


def checkout(folder: Path, slug: str, seconds: int) -> Path:
    for part in PARTS:
        (folder / part).symlink_to(ROOT / part)
    shutil.copytree(ROOT / "exercises", folder / "exercises", ignore=shutil.ignore_patterns("__pycache__"))
    limits = folder / "exercises" / "catalogue" / slug / "exercise.toml"
    text, changed = re.subn(
        r"^seconds = \d+$", f"seconds = {seconds}", limits.read_text(), flags=re.MULTILINE
    )
    assert changed == 1, limits
    limits.write_text(text)
    return folder
