"""Which formulas of a text KaTeX cannot read: they are really typeset, by the script that browsers get."""

import html
import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from frontend import markup
from frontend.build import node

FORMULA = re.compile(
    r'<(?P<tag>span|div) class="math math--(?P<kind>inline|display)">(?P<tex>[^<]*)</(?P=tag)>'
)
CODE = re.compile(r"<(pre|code|svg)\b.*?</\1>", re.S)
TAG = re.compile(r"<[^>]*>")
SCRIPT = Path(__file__).resolve().parent / "check_maths.mjs"
SECONDS = 120

Formula = tuple[str, bool]  # TeX, and whether it stands on lines of its own


def formulas(markdown: str, *, inline: bool = False) -> list[Formula]:
    """The formulas that a reader of this text gets to see."""
    rendered = markup.render_inline(markdown) if inline else markup.render(markdown)
    found = FORMULA.finditer(rendered)
    return [(html.unescape(match["tex"]), match["kind"] == "display") for match in found]


def stray(markdown: str, *, inline: bool = False) -> list[str]:
    """TeX commands that a reader sees as such, because no dollar signs stand around them."""
    if "\\" not in markdown:
        return []
    rendered = markup.render_inline(markdown) if inline else markup.render(markdown)
    text = html.unescape(TAG.sub(" ", CODE.sub(" ", FORMULA.sub(" ", rendered))))
    return re.findall(r"\\[A-Za-z]{2,}", text)


def is_available() -> bool:
    return node() is not None


def errors(given: Sequence[Formula]) -> list[str]:
    """For each formula what KaTeX says against it, empty where it can be read; one process for all."""
    path = node()
    if path is None:
        raise RuntimeError("Node is missing: pip install -r requirements-dev.txt brings it")
    done = subprocess.run(
        [path, str(SCRIPT)], input=json.dumps(given), capture_output=True, text=True, timeout=SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"check_maths.mjs failed: {done.stderr.strip()[-500:]}")
    said: list[str] = json.loads(done.stdout)
    return said
