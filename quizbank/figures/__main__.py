"""Writes or checks the figures' files."""

import argparse
import sys

from quizbank.figures import registry


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m quizbank.figures", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which files are stale")
    parser.add_argument("--measure", action="store_true", help="work measured.json out again with PyTorch")
    options = parser.parse_args()
    if options.measure:
        from quizbank.figures import measure

        measure.write()
    if options.check:
        problems = list(registry.stale())
        print("\n".join(problems) or "All figures are fresh.")
        return 1 if problems else 0
    changed = registry.write()
    print(f"{len(registry.figures())} figures, {len(changed)} files changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
