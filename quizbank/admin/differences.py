"""What changed between two values of a field, line by line, for the pages of import and history."""

import difflib
import json
from dataclasses import dataclass
from typing import Any, Literal

MAX_LINES = 200  # of one field; the rest is counted
MAX_COMPARED = 1000  # lines, before and after together
MAX_COMPARED_ON_A_PAGE = 20_000

Mark = Literal["added", "removed", "same", "skipped"]


@dataclass(frozen=True)
class Line:
    """One line of a difference."""

    mark: Mark
    text: str

    @property
    def sign(self) -> str:
        return {"added": "+", "removed": "−", "same": " ", "skipped": "…"}[self.mark]


def as_lines(value: Any) -> list[str]:
    """Texts as they are, everything else as indented JSON."""
    if value is None or value == "" or value == []:
        return []
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return text.splitlines()


def line_difference(before: Any, after: Any, context: int = 2) -> list[Line]:
    """The changed lines with a little around them."""
    old, new = as_lines(before), as_lines(after)
    if len(old) + len(new) > MAX_COMPARED:
        return [Line("skipped", f"{len(old):,} lines became {len(new):,}: too many to compare here")]
    lines: list[Line] = []
    # autojunk leaves out lines that repeat very often; without it the time grows with the cube
    for group in difflib.SequenceMatcher(None, old, new, autojunk=True).get_grouped_opcodes(context):
        if lines:
            lines.append(Line("skipped", ""))
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                lines += [Line("same", text) for text in old[old_from:old_to]]
                continue
            lines += [Line("removed", text) for text in old[old_from:old_to]]
            lines += [Line("added", text) for text in new[new_from:new_to]]
    rest = len(lines) - MAX_LINES
    return lines if rest <= 0 else [*lines[:MAX_LINES], Line("skipped", f"and {rest:,} more lines")]
