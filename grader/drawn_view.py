"""What a stored case holds to be drawn, as pages show it: pictures, and the data of a heat map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = 224  # pixels of a page along the longer side, at most, as far as whole ones go


def heat(case: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the page's element gets; None where there is nothing to draw."""
    drawn = case.get("map")
    return {"map": drawn, "feeding": case.get("feeding") or []} if drawn else None


@dataclass(frozen=True)
class View:
    """One picture as a page shows it, `width` and `height` in the page's pixels; or a text instead."""

    who: str
    caption: str
    alt: str
    source: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Pair:
    """A title and the learner's picture beside the expected one."""

    title: str
    scale: str
    views: tuple[View, View]


def pictures(case: Mapping[str, Any]) -> list[Pair]:
    """The pictures of a stored case."""
    return [
        Pair(
            shown["title"],
            f"black is {shown['low']:.3g} or less, white {shown['high']:.3g} or more",
            (
                _view("Yours", shown["actual"], shown["title"]),
                _view("Expected", shown["expected"], shown["title"]),
            ),
        )
        for shown in case.get("pictures") or []
    ]


def _view(who: str, picture: dict[str, Any], title: str) -> View:
    if "problem" in picture:
        return View(who, who, picture["problem"])
    factor = picture["factor"]
    height, width = (-(-picture[side] // factor) for side in ("height", "width"))
    zoom = max(1, SHOWN // max(height, width))
    caption = f"{who}, {picture['height']} × {picture['width']}"
    if factor > 1:
        caption += f", one pixel for {factor} × {factor}"
    if picture["strange"]:
        entries = "entry" if picture["strange"] == 1 else "entries"
        caption += f", {picture['strange']:,} {entries} NaN or infinite"
    alt = f"{who}: {title}, {picture['height']} by {picture['width']} pixels"
    source = f"data:image/png;base64,{picture['png']}"
    return View(who, caption, alt, source, width * zoom, height * zoom)
