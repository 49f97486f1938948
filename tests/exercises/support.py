"""The small exercise that tests of the format and of the judge use."""

from pathlib import Path

FIXTURES = Path(__file__).parent / "fixtures"


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace text in a file of a copy of the exercise."""
    path = root / "affine" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
