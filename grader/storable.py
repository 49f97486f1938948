"""Makes a report that JSON columns of every database accept.

PostgreSQL refuses NUL and lone surrogates in text, and NaN and infinities as numbers; SQLite's JSON refuses
the latter. All of them occur in what a learner's code gives back.
"""

import json
import math
from typing import Any

MAX_BYTES = 2 * 1024 * 1024
BULKY = ("inputs", "expected", "actual", "stdout", "diff", "frames", "map", "feeding", "pictures")


def text(value: str) -> str:
    """`value` without characters that a database refuses; they are shown escaped."""
    return value.replace("\0", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return text(str(value))
    if isinstance(value, dict):
        return {text(str(key)): _value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_value(item) for item in value]
    return value


def clean(report: dict[str, Any]) -> dict[str, Any]:
    """The report, storable; when larger than 2 MiB, its cases lose their inputs and outputs."""
    cleaned: dict[str, Any] = _value(report)
    if len(json.dumps(cleaned)) > MAX_BYTES:
        for case in cleaned.get("cases", []):
            for field in BULKY:
                case.pop(field, None)
        cleaned["shortened"] = True
    return cleaned
