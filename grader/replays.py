"""Whether judging again gives the identical report: both as one canonical text, compared byte by byte.

Left out is what was measured and not judged: times, memory, speed, the sandbox's tier, and what feeds a wrong
cell, which is looked for as long as there is time. Addresses of
objects, which a submission may print, are masked. Everything else must be the same: the seed fixes the
hidden inputs and the candidate's global random generators, and a request is sent only after the answer to
the one before. What a submission takes from the clock or from fresh entropy differs all the same.
"""

import difflib
import json
import re
from typing import Any

MEASURED = frozenset({"seconds", "usage", "speed", "sandbox", "seed", "feeding"})
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")


def canonical(report: dict[str, Any]) -> str:
    """A report's judged part as JSON: sorted keys, one value a line."""
    return json.dumps(_judged(report), sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def difference(stored: dict[str, Any], replayed: dict[str, Any]) -> str:
    """The unified difference of two reports; nothing where they are identical."""
    before, after = (canonical(report).splitlines(keepends=True) for report in (stored, replayed))
    return "".join(difflib.unified_diff(before, after, fromfile="stored", tofile="replayed"))


def _judged(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _judged(item) for key, item in value.items() if key not in MEASURED}
    if isinstance(value, (list, tuple)):
        return [_judged(item) for item in value]
    if isinstance(value, str):
        return _ADDRESS.sub("0x...", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a database may give 1.0 back as 1
    return value
