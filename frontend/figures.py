"""The site's own figures: SVG files that a text can name, and never bring along.

A file is read once, must hold nothing but the shapes and attributes listed here, and is written out anew from
what was understood. So even a file that somebody tampered with cannot put a script or a style into a page.
"""

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings

SCHEME = "figure:"
MAX_BYTES = 40_000
SPACE = "{http://www.w3.org/2000/svg}"
SHAPES = {
    "rect": {"x", "y", "width", "height", "rx", "fill-opacity", "class"},
    "circle": {"cx", "cy", "r", "class"},
    "polyline": {"points", "class"},
    "polygon": {"points", "class"},
    "text": {"x", "y", "text-anchor", "class"},
}


class FigureError(ValueError):
    """A file that is no figure; the text says why."""


@dataclass(frozen=True)
class Figure:
    """What a page needs of a figure: texts as they are, shapes as SVG."""

    title: str
    alternative: str
    view: str
    shapes: str

    def svg(self, alternative: str = "") -> str:
        """The picture; screen readers hear the alternative text, or the one given here."""
        words = escape(alternative or self.alternative)
        return (
            f'<svg class="figure__svg" viewBox="{escape(self.view)}" role="img" aria-label="{words}">'
            f"<title>{escape(self.title)}</title>{self.shapes}</svg>"
        )


@cache
def names() -> frozenset[str]:
    """The figures that there are."""
    return frozenset(path.stem for path in Path(settings.FIGURES_DIR).glob("*.svg"))


@cache
def find(name: str) -> Figure | None:
    """A figure by its name; None where there is no such figure. Raises FigureError for a broken file."""
    if name not in names():
        return None
    return read((Path(settings.FIGURES_DIR) / f"{name}.svg").read_bytes())


def read(data: bytes) -> Figure:
    """What a file says; raises FigureError for anything that is not expected."""
    if len(data) > MAX_BYTES:
        raise FigureError(f"at most {MAX_BYTES:,} bytes are expected, this has {len(data):,}")
    if b"<!" in data or b"<?" in data:
        raise FigureError("plain elements are expected: no declarations, comments or instructions")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314  no declarations: nothing can be expanded
    except ElementTree.ParseError as error:
        raise FigureError(f"well-formed XML is expected: {error}") from None
    if root.tag != f"{SPACE}svg" or set(root.attrib) != {"viewBox", "role"}:
        raise FigureError("an svg element with viewBox and role is expected")
    children = list(root)
    if [child.tag for child in children[:2]] != [f"{SPACE}title", f"{SPACE}desc"]:
        raise FigureError("a title and a desc are expected first")
    title, alternative = ((child.text or "").strip() for child in children[:2])
    if not title or not alternative:
        raise FigureError("a title and an alternative text are expected")
    shapes = "".join(_shape(child) for child in children[2:])
    return Figure(title, alternative, root.attrib["viewBox"], shapes)


def _shape(element: ElementTree.Element) -> str:
    name = element.tag.removeprefix(SPACE)
    if name not in SHAPES or len(element):
        raise FigureError(f"the element {name} is not expected here; shapes are {', '.join(SHAPES)}")
    if unknown := set(element.attrib) - SHAPES[name]:
        raise FigureError(f"{name} may not have the attribute {min(unknown)}")
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in element.attrib.items())
    return f"<{name}{attributes}>{escape(element.text or '', quote=False).strip()}</{name}>"
