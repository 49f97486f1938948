"""Which version of the site this is, where no one has said so."""

from pathlib import Path

UNKNOWN = "unknown"
SHOWN = 10  # characters of a commit's id


def of_checkout(root: Path) -> str:
    """The commit of the checkout at `root`, without starting git; `unknown` where there is none."""
    git = root / ".git"
    try:
        head = (git / "HEAD").read_text().strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head[:SHOWN]
        loose = git / name
        if loose.is_file():
            return loose.read_text().strip()[:SHOWN]
        packed = (git / "packed-refs").read_text().splitlines()
        return next(line.split()[0][:SHOWN] for line in packed if line.endswith(f" {name}"))
    except (OSError, StopIteration):
        return UNKNOWN
