"""./dev exercise: writing an exercise.

./dev exercise new SLUG                 a skeleton whose TODOs are to be filled
./dev exercise check SLUG [--seeds N] [--thorough]
                                        prove it: what is missing, wrong or not tested
./dev exercise list                     all exercises, with their sizes
"""

import argparse
import difflib
import sys
from collections.abc import Sequence

from devtools import new_exercise
from exercises import catalogue
from exercises.proof import survivors, table
from exercises.proof.result import Result
from exercises.validate import SEEDS, proved

ROOT = catalogue.CATALOGUE
MUTANT = "this mutant passes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0 if what was asked for is done or proved, 1 if not, 2 for bad usage."""
    options = _parser().parse_args(arguments)
    if options.command == "new":
        return _new(options.slug)
    if options.command == "list":
        return _list()
    return _check(options.slug, options.seeds, options.thorough)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev exercise", description="Write an exercise and prove it.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    new = commands.add_parser("new", help="make a skeleton")
    new.add_argument("slug", metavar="SLUG")
    check = commands.add_parser("check", help="prove an exercise")
    check.add_argument("slug", metavar="SLUG")
    check.add_argument("--seeds", type=_positive, default=SEEDS, metavar="N", help=f"default {SEEDS}")
    check.add_argument("--thorough", action="store_true", help="all seeds for slow answers, too")
    commands.add_parser("list", help="all exercises, with their sizes")
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return int(text)


def _new(slug: str) -> int:
    try:
        files = new_exercise.make(slug, ROOT)
    except new_exercise.Refused as error:
        print(f"dev exercise: {error}", file=sys.stderr)
        return 2
    print("\n".join(str(path) for path in files))
    print(f"Fill in what is marked TODO, then: ./dev exercise check {slug}; docs/exercises.md shows how.")
    return 0


def _list() -> int:
    for slug in catalogue.slugs(ROOT):
        try:
            exercise = catalogue.load(slug, ROOT)
            print(f"{slug:36}{exercise.level:8}{'+'.join(exercise.frameworks):14}{exercise.title}")
        except catalogue.ExerciseError as error:
            print(f"{slug:36}{error}")
    return 0


def _check(slug: str, seeds: int, thorough: bool) -> int:
    if slug not in catalogue.slugs(ROOT):
        near = difflib.get_close_matches(slug, catalogue.slugs(ROOT), cutoff=0.4)
        there = f"did you mean {', '.join(near)}?" if near else "./dev exercise list shows all"
        print(f"dev exercise: no exercise is called {slug[:80]!r}; {there}", file=sys.stderr)
        return 2
    (result,) = proved([slug], seeds, root=ROOT, thorough=thorough)
    if result.cases:
        _summary(result, seeds)
    _problems(result)
    _survivors(result)
    print(f"\n{slug}: {'not proved' if result.problems else 'proved'}")
    return 1 if result.problems else 0


def _summary(result: Result, seeds: int) -> None:
    if result.skipped:
        print(f"{result.slug}: skipped: {result.skipped}")
    tried = (
        f"{result.seeds or seeds} seeds" if result.seeds in (0, seeds) else f"{result.seeds} seeds at least"
    )
    print(f"{result.slug}: {result.cases} cases, {result.points} points, {tried}")
    sizes = {
        "model answers": result.solutions,
        "other right answers": result.answers,
        "mistakes": result.mistakes,
        "mutants rejected": table.mutants(result),
    }
    for name, size in sizes.items():
        print(f"  {name:20}{size:>12}")
    times = ", ".join(f"{part} {seconds:.1f}" for part, seconds in result.seconds.items())
    print(f"  seconds: {times or 'nothing was run'}")


def _problems(result: Result) -> None:
    problems = [problem for problem in dict.fromkeys(result.problems) if MUTANT not in problem]
    if problems:
        print("\nProblems")
    for problem in problems:
        print(f"  {problem}")


def _survivors(result: Result) -> None:
    """Wrong answers that no case noticed, and how to list them."""
    if not result.unlisted:
        return
    print(f"\nMutants that pass every case ({len(result.unlisted)})")
    for mutant in result.unlisted:
        print(f"  {mutant.file}:{mutant.line} in {mutant.name.partition(':')[0]}")
        print(f"    - {mutant.before}\n    + {mutant.after}")
    print(
        "\nWrite a case that rejects them. Where the change makes no difference within what the statement\n"
        "promises, add the entry to survivors.toml and say why; a wrong answer that is knowingly let\n"
        "through also gets changes_behaviour = true.\n"
    )
    print("\n".join(map(survivors.entry_for, result.unlisted)))


if __name__ == "__main__":
    sys.exit(main())
