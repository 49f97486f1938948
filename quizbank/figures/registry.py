"""Which figures there are: name -> title and the function that draws it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from quizbank.figures.draw import Drawing

FOLDER = Path(__file__).parent / "svg"
THEMES = (
    "convolution", "channels", "fields", "pooling", "blocks", "networks", "normalisation", "curves",
    "training", "evaluation", "detection", "looking", "structure", "effects",
)  # fmt: skip

Draw = Callable[[Drawing], str]


@dataclass(frozen=True)
class Figure:
    """A figure; `draw` fills a sheet and returns the alternative text."""

    name: str
    title: str
    draw: Draw

    def svg(self) -> str:
        sheet = Drawing()
        alternative = self.draw(sheet)
        return sheet.svg(self.title, alternative)

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.svg"


_FIGURES: dict[str, Figure] = {}


def figure(name: str, title: str) -> Callable[[Draw], Draw]:
    """Registers a drawing function under a name."""

    def register(draw: Draw) -> Draw:
        if name in _FIGURES:
            raise ValueError(f"two figures are called {name}")
        _FIGURES[name] = Figure(name, title, draw)
        return draw

    return register


def figures() -> dict[str, Figure]:
    """All figures by name."""
    for theme in THEMES:
        import_module(f"quizbank.figures.{theme}")
    return dict(sorted(_FIGURES.items()))


def stale() -> Iterator[str]:
    """What is wrong with the committed files."""
    known = figures()
    for drawn in known.values():
        if not drawn.file.exists() or drawn.file.read_text(encoding="utf-8") != drawn.svg():
            yield f"{drawn.file.name} is not what the code draws"
    yield from (f"{path.name}: no code draws it" for path in FOLDER.glob("*.svg") if path.stem not in known)


def write() -> list[Path]:
    """Draw every figure, remove files that nothing draws any more; gives the files that changed."""
    FOLDER.mkdir(exist_ok=True)
    known = figures()
    changed = [path for path in FOLDER.glob("*.svg") if path.stem not in known]
    for path in changed:
        path.unlink()
    for drawn in known.values():
        text = drawn.svg()
        if not drawn.file.exists() or drawn.file.read_text(encoding="utf-8") != text:
            drawn.file.write_text(text, encoding="utf-8")
            changed.append(drawn.file)
    return changed
