"""A measured speed in words, for pages and terminals; reads the report's `speed`, which is our own."""

from typing import Any

from exercises.tiers import BASELINES, TIERS

ABOUT = {
    "gold": "about as fast as the library baseline, or faster",
    "silver": "about as fast as the textbook vectorised answer, or faster",
    "bronze": "clearly faster than naive loops",
    "": "slower than the bronze tier allows",
}
NAMES = {"loops": "naive loops", "vectorised": "vectorised", "library": "library"}
MEGABYTE = "{:.0f} MB"


def headline(speed: dict[str, Any]) -> str:
    """The tier and what it means, or why there is none."""
    if speed["reason"]:
        return str(speed["reason"])
    tier, possible = speed["tier"] or "", speed["possible"] or ""
    if tier == possible:
        return f"{tier.capitalize() or 'No tier'}: {ABOUT[tier]}."
    lower = tier or "no tier"
    return f"Between {lower} and {possible}, within the noise: {lower}."


def noise(speed: dict[str, Any]) -> str:
    """How sure the tier is; nothing where nothing was measured."""
    if speed["ratio"] is None:
        return ""
    text = f"Measured over {speed['rounds']} rounds with fresh inputs; every result was checked. "
    if (speed["tier"] or "") != (speed["possible"] or ""):
        return text + "The interval reaches over the border of a tier, so the slower one counts."
    return text + "The whole interval lies within the tier."


def ratio_text(speed: dict[str, Any]) -> str:
    """The ratio with its interval."""
    if speed["ratio"] is None:
        return ""
    return (
        f"{number(speed['ratio'])} times vectorised ({number(speed['low'])} to {number(speed['high'])}, 99 %)"
    )


def facts(speed: dict[str, Any]) -> list[tuple[str, str]]:
    """Short pairs of a label and a text: what the candidate took beside what the baseline took."""
    found = []
    if speed["ratio"] is not None:
        clock = "Time" if speed["clock"] == "wall" else "CPU time"
        found.append((clock, ratio_text(speed)))
    used = speed["used"]
    if "candidate" in used and "baseline" in used:
        own, other = used["candidate"], used["baseline"]
        found.append(("A call", f"{_milliseconds(own)}; vectorised {_milliseconds(other)}"))
        if own["memory_mb"] and other["memory_mb"]:
            memory = f"{MEGABYTE.format(own['memory_mb'])}; vectorised {MEGABYTE.format(other['memory_mb'])}"
            found.append(("Peak memory", memory))
    return found


def _milliseconds(used: dict[str, float]) -> str:
    return f"{1000 * used['seconds']:.3g} ms (CPU {1000 * used['cpu_seconds']:.3g} ms)"


def scale_text(speed: dict[str, Any]) -> str:
    """The scale for those who cannot see it."""
    tiers = ", ".join(f"{name} up to {number(speed['tiers'][name])}" for name in reversed(TIERS))
    baselines = ", ".join(f"{NAMES[name]} {number(speed['baselines'][name][1])}" for name in BASELINES)
    own = f"Your answer: {ratio_text(speed)}. " if speed["ratio"] is not None else ""
    return f"{own}Tiers: {tiers}. Baselines: {baselines}."


def number(ratio: float) -> str:
    """A ratio with two or three significant digits."""
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2f}"
