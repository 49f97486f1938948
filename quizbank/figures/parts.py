"""Parts that many figures share: grids of numbers, rows of boxes, charts."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from quizbank.figures.draw import Drawing, Point

Kind = Callable[[int, int], str]
STRONG = ("win", "bad", "now")  # cells whose frame must not be hidden by a neighbour's


def by_mask(mask: np.ndarray, yes: str, no: str) -> Kind:
    """One class for the cells of a mask, another for the rest."""
    return lambda row, column: yes if mask[row, column] else no


def shown(value: object, decimals: int = 0) -> str:
    """A number as it stands in a cell: a real minus sign, no trailing zeros."""
    if not isinstance(value, (int, float, np.integer, np.floating)):
        return str(value)
    text = f"{float(value):.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return ("0" if text in ("-0", "") else text).replace("-", "−")


def thousands(value: int) -> str:
    return f"{value:,}".replace(",", " ") if value >= 10_000 else str(value)


def grid(
    sheet: Drawing, x: float, y: float, values: np.ndarray, size: float = 20, kind: str | Kind = "cell",
    decimals: int = 0,
) -> None:  # fmt: skip
    """A table of cells with their numbers; `kind` is the cells' class, or says it for row and column."""
    cells = [
        (row, column, kind(row, column) if callable(kind) else kind)
        for row, column in np.ndindex(values.shape)
    ]
    for row, column, name in sorted(cells, key=lambda cell: cell[2] in STRONG):
        sheet.rect(x + column * size, y + row * size, size, size, name)
    for row, column, name in cells:
        words = shown(values[row, column], decimals)
        if words:
            muted = "soft" if name in ("pad", "off") else ""
            sheet.text(x + (column + 0.5) * size, y + (row + 0.5) * size, words, muted)


def heat(sheet: Drawing, x: float, y: float, values: np.ndarray, size: float, kind: str = "heat") -> None:
    """A table of cells whose filling is as strong as their value, from 0 to the largest."""
    top = float(values.max()) or 1.0
    for row, column in np.ndindex(values.shape):
        shade = max(float(values[row, column]), 0) / top
        sheet.rect(x + column * size, y + row * size, size, size, "cell")
        if shade > 0.004:
            sheet.rect(x + column * size, y + row * size, size, size, kind, shade=0.9 * shade)


def outline(sheet: Drawing, x: float, y: float, width: float, height: float, kind: str = "mark") -> None:
    """A frame around cells."""
    sheet.rect(x, y, width, height, kind)


def bars(
    sheet: Drawing, y: float, rows: Sequence[tuple[str, float, str]], *, label: float = 96, end: float = 70,
    kind: str | Callable[[int], str] = "fill-1", step: float = 22, full: float = 0,
) -> float:  # fmt: skip
    """Horizontal bars: label, length, text behind the bar; gives the y below them.

    `full` is the length that takes all the room; the longest bar if it is 0.
    """
    top = full or max(length for _, length, _ in rows)
    room = 320 - 2 - label - end
    for index, (name, length, words) in enumerate(rows):
        middle = y + (index + 0.5) * step
        sheet.left(2, middle, name)
        width = max(room * length / top, 1)
        sheet.rect(label, middle - 7, width, 14, kind(index) if callable(kind) else kind, round=2)
        sheet.left(label + width + 6, middle, words, "soft")
    return y + len(rows) * step


class Chart:
    """Axes with curves; x and y are in the units of the data."""

    def __init__(
        self, sheet: Drawing, top: float, height: float, x: tuple[float, float], y: tuple[float, float], *,
        left: float = 34, width: float = 270,
    ) -> None:  # fmt: skip
        self.sheet, self.top, self.height = sheet, top, height
        self.left, self.width = left, width
        self.x_range, self.y_range = x, y

    def place(self, x: float, y: float) -> Point:
        """The point of the sheet that stands for a point of the data."""
        (x0, x1), (y0, y1) = self.x_range, self.y_range
        return (
            self.left + (x - x0) / (x1 - x0) * self.width,
            self.top + self.height - (y - y0) / (y1 - y0) * self.height,
        )

    def axes(
        self, x_ticks: Iterable[tuple[float, str]], y_ticks: Iterable[tuple[float, str]],
        x_label: str = "", y_label: str = "",
    ) -> None:  # fmt: skip
        """Grid lines with their numbers, and what the axes mean: x below, y above the axis."""
        bottom, right = self.top + self.height, self.left + self.width
        for value, words in y_ticks:
            y = self.place(self.x_range[0], value)[1]
            self.sheet.line([(self.left, y), (right, y)], "rule")
            self.sheet.text(self.left - 5, y, words, "soft", anchor="end")
        self.sheet.line([(self.left, self.top), (self.left, bottom), (right, bottom)], "axis")
        for value, words in x_ticks:
            x = self.place(value, self.y_range[0])[0]
            self.sheet.line([(x, bottom), (x, bottom + 4)], "axis")
            self.sheet.text(x, bottom + 14, words, "soft")
        if x_label:
            self.sheet.text((self.left + right) / 2, bottom + 30, x_label, "soft")
        if y_label:
            self.sheet.left(2, self.top - 14, y_label, "soft")

    def curve(self, xs: Sequence[float] | np.ndarray, ys: Sequence[float] | np.ndarray, series: int) -> None:
        """One curve; the series decides colour and dashes."""
        points = [self.place(float(x), float(y)) for x, y in zip(xs, ys, strict=True)]
        self.sheet.line(points, f"line-{series}")

    def steps(self, xs: Sequence[float] | np.ndarray, ys: Sequence[float] | np.ndarray, series: int) -> None:
        """A curve that holds each value up to the next x."""
        points = [self.place(float(xs[0]), float(ys[0]))]
        for index in range(1, len(xs)):
            points.append(self.place(float(xs[index]), float(ys[index - 1])))
            points.append(self.place(float(xs[index]), float(ys[index])))
        self.sheet.line(points, f"line-{series}")

    def dot(self, x: float, y: float, series: int, radius: float = 3.5) -> None:
        self.sheet.circle(*self.place(x, y), radius, f"fill-{series}")


def legend(sheet: Drawing, y: float, entries: Sequence[tuple[int, str]], columns: int = 2) -> float:
    """Names of the curves beside a piece of their line; gives the y below."""
    for index, (series, words) in enumerate(entries):
        x = 8 + (index % columns) * (312 / columns)
        middle = y + (index // columns) * 18 + 9
        sheet.line([(x, middle), (x + 26, middle)], f"line-{series}")
        sheet.left(x + 32, middle, words)
    return y + -(-len(entries) // columns) * 18
