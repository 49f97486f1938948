"""Run benchmarks: each is a module `benchmarks/bench_NAME.py` that prints a table."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


def split(given: list[str]) -> tuple[list[str], list[str]]:
    """Names of benchmarks, and what is handed on: everything from the first option on, values included."""
    first = next((i for i, text in enumerate(given) if text.startswith("-")), len(given))
    return given[:first], given[first:]


def main() -> int:
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    names, options = split(sys.argv[1:])
    for name in names or known:
        if name not in known:
            print(f"dev bench: no benchmark {name!r}; there are {', '.join(known)}", file=sys.stderr)
            return 2
        status = subprocess.call([sys.executable, "-m", f"benchmarks.bench_{name}", *options])
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
