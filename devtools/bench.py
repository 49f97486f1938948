"""Run benchmarks: each is a module `benchmarks/bench_NAME.py` that prints a table."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


def main() -> int:
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    given = sys.argv[1:]
    first = next((i for i, text in enumerate(given) if text.startswith("-")), len(given))
    names, options = given[:first] or known, given[first:]  # what follows an option is its value
    for name in names:
        if name not in known:
            print(f"dev bench: no benchmark {name!r}; there are {', '.join(known)}", file=sys.stderr)
            return 2
        status = subprocess.call([sys.executable, "-m", f"benchmarks.bench_{name}", *options])
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
