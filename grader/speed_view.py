"""A measured speed as the result page draws it: from slow on the left to fast on the right.

The scale has one zone a tier, all of the same width, and is logarithmic within each: what matters is in which
zone a ratio lies, and how near to its border.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from exercises.tiers import BASELINES, TIERS
from grader import speed_words

ZONE = 25.0  # percent of the width: none, bronze, silver, gold
BEYOND = 10.0  # the zone without a tier shows ratios up to this many times bronze
WITHIN = 4.0  # the gold zone shows ratios down to gold divided by this


@dataclass(frozen=True)
class Mark:
    """A baseline on the scale: where, and its name."""

    name: str
    place: str


@dataclass(frozen=True)
class Zone:
    """A tier on the scale: its left border, the middle for its name, and the name with its largest ratio."""

    tier: str
    name: str
    left: str
    middle: str


@dataclass(frozen=True)
class SpeedView:
    """What the panel shows."""

    state: str
    tier: str
    title: str
    headline: str
    noise: str
    facts: list[tuple[str, str]]
    zones: list[Zone]
    baselines: list[Mark]
    place: str
    left: str
    width: str
    scale_text: str
    measured: bool

    @property
    def tier_text(self) -> str:
        if self.state == "unavailable":
            return "Not measured"
        return self.tier.capitalize() or "No tier"


def present(speed: dict[str, Any] | None) -> SpeedView | None:
    """The panel of a report's `speed`; None where nothing was to be measured."""
    if not speed or not speed.get("tiers"):
        return None
    measured = speed["ratio"] is not None
    fast, slow = (_place(speed, speed[end]) if measured else 0.0 for end in ("low", "high"))
    return SpeedView(
        state=speed["state"],
        tier=speed["tier"] or "",
        title=speed["title"],
        headline=speed_words.headline(speed),
        noise=speed_words.noise(speed),
        facts=speed_words.facts(speed),
        zones=_zones(speed),
        baselines=[Mark(speed_words.NAMES[name], _percent(_baseline(speed, name))) for name in BASELINES],
        place=_percent(_place(speed, speed["ratio"]) if measured else 0.0),
        left=_percent(slow),
        width=_percent(max(fast - slow, 0.6)),
        scale_text=speed_words.scale_text(speed),
        measured=measured,
    )


def _baseline(speed: dict[str, Any], name: str) -> float:
    return _place(speed, speed["baselines"][name][1])


def _zones(speed: dict[str, Any]) -> list[Zone]:
    zones = [Zone("none", "No tier", _percent(0), _percent(ZONE / 2))]
    for index, name in enumerate(TIERS, start=1):
        left = ZONE * index
        text = f"{name.capitalize()} ≤ {speed_words.number(speed['tiers'][name])}"
        zones.append(Zone(name, text, _percent(left), _percent(left + ZONE / 2)))
    return zones


def _place(speed: dict[str, Any], ratio: float) -> float:
    """Where a ratio lies, in percent from the left; what is off the scale lies at its end."""
    bronze, silver, gold = (speed["tiers"][name] for name in TIERS)
    borders = (BEYOND * bronze, bronze, silver, gold, gold / WITHIN)
    if ratio >= borders[0]:
        return 0.0
    for index, (slow, fast) in enumerate(pairwise(borders)):
        if ratio > fast:
            return ZONE * (index + math.log(slow / ratio) / math.log(slow / fast))
    return 100.0


def _percent(value: float) -> str:
    """An SVG attribute; templates would localise a number."""
    return f"{min(99.0, max(1.0, value)):.2f}%" if value not in (0.0, 25.0, 50.0, 75.0) else f"{value:g}%"
