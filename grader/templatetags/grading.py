"""`{% load grading %}`: seconds and verdicts as people say them."""

from django import template

from grader import results

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400


@register.filter
def verdict_text(verdict: str) -> str:
    """`wrong_answer` gives Wrong answer."""
    return results.verdict_text(verdict)


@register.filter
def duration(seconds: float | None) -> str:
    """`0.042` gives 42 ms, `3.2` 3.2 s, `200` 3 min 20 s, `8000` 2 h 13 min; nothing gives a dash."""
    if seconds is None:
        return "–"
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole} s"
    for unit, name, part, part_name in (
        (DAY, "d", HOUR, "h"),
        (HOUR, "h", MINUTE, "min"),
        (MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // part
            return f"{whole // unit} {name}" + (f" {rest} {part_name}" if rest else "")
    return f"{whole} s"
