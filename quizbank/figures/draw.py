"""A small SVG writer: shapes and texts with classes, on a sheet that is as wide as a telephone is narrow.

A sheet is 320 units wide and is never shown smaller than about 300 pixels, so texts of 12 units stay legible.
Coordinates are rounded to a tenth, which makes files small and the same everywhere.
"""

from collections.abc import Sequence
from html import escape
from math import ceil, hypot

WIDTH = 320
TEXT = 12
LINE = 16
MARGIN = 4

Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate with at most one decimal, without a negative zero."""
    return f"{round(float(value), 1) + 0.0:g}"


class Drawing:
    """Collects shapes; its height grows with what is drawn. `y` counts downwards, texts are centred on it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self.bottom = 0.0

    def _add(self, tag: str, bottom: float, content: str = "", **attributes: str) -> None:
        self.bottom = max(self.bottom, bottom)
        listed = "".join(
            f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items() if value
        )
        self._parts.append(f"<{tag}{listed}>{content}</{tag}>" if content else f"<{tag}{listed}/>")

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        kind: str,
        *,
        shade: float = 1,
        round: float = 0,
    ) -> None:
        """A box; `shade` is the opacity of its filling."""
        self._add(
            "rect", y + height, x=number(x), y=number(y), width=number(width), height=number(height),
            rx=number(round) if round else "", fill_opacity="" if shade == 1 else f"{shade:.2f}",
            **{"class": kind},
        )  # fmt: skip

    def circle(self, x: float, y: float, radius: float, kind: str) -> None:
        self._add("circle", y + radius, cx=number(x), cy=number(y), r=number(radius), **{"class": kind})

    def line(self, points: Sequence[Point], kind: str = "flow") -> None:
        """Straight pieces from point to point."""
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._add("polyline", max(y for _, y in points), points=path, **{"class": kind})

    def area(self, points: Sequence[Point], kind: str) -> None:
        """A filled outline."""
        path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
        self._add("polygon", max(y for _, y in points), points=path, **{"class": kind})

    def arrow(self, points: Sequence[Point], kind: str = "flow", head: float = 6) -> None:
        """A line with a head at its last point."""
        (x1, y1), (x2, y2) = points[-2:]
        length = hypot(x2 - x1, y2 - y1)
        dx, dy = (x2 - x1) / length, (y2 - y1) / length
        x, y = x2 - dx * head, y2 - dy * head
        self.line([*points[:-1], (x, y)], kind)
        side = head * 0.5
        self.area([(x2, y2), (x - dy * side, y + dx * side), (x + dy * side, y - dx * side)], f"{kind}-head")

    def text(
        self, x: float, y: float, words: object, kind: str = "", *, anchor: str = "middle", bold: bool = False
    ) -> None:
        """One line, centred vertically on y; `anchor` is start, middle or end."""
        names = " ".join(filter(None, [kind, "b" if bold else ""]))
        self._add(
            "text", y + TEXT * 0.6, escape(str(words), quote=False), x=number(x), y=number(y + TEXT * 0.36),
            text_anchor="" if anchor == "start" else anchor, **{"class": names},
        )  # fmt: skip

    def left(self, x: float, y: float, words: object, kind: str = "", *, bold: bool = False) -> None:
        """A line of text that begins at x."""
        self.text(x, y, words, kind, anchor="start", bold=bold)

    def lines(self, x: float, y: float, words: Sequence[str], kind: str = "") -> float:
        """Lines of text below each other that begin at x; gives the y below them."""
        for row, line in enumerate(words):
            self.left(x, y + row * LINE, line, kind)
        return y + len(words) * LINE

    def box(
        self, x: float, y: float, width: float, height: float, words: str, kind: str = "box", text: str = ""
    ) -> None:
        """A rounded box with centred lines of text, separated by line feeds."""
        self.rect(x, y, width, height, kind, round=4)
        rows = words.split("\n")
        first = y + height / 2 - (len(rows) - 1) * LINE / 2
        for row, line in enumerate(rows):
            self.text(x + width / 2, first + row * LINE, line, text)

    def svg(self, title: str, alternative: str) -> str:
        """The whole file."""
        height = ceil(self.bottom + MARGIN)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">\n'
            f"<title>{escape(title, quote=False)}</title>\n<desc>{escape(alternative, quote=False)}</desc>\n"
        )
        return head + "\n".join(self._parts) + "\n</svg>\n"
