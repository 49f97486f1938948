"""Finds where an exercise's speed tiers begin, by measuring its baselines as answers are measured.

python -m grader.calibrate [SLUG ...] [--write]

Prints a table, and with --write puts the tiers into exercise.toml. Ratios depend little on the machine, but
do it on a quiet one: a wide interval makes generous tiers.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from exercises import catalogue
from exercises.catalogue import Exercise, ExerciseError
from exercises.tiers import BASELINES, Interval, Overlap, Tiers, derive
from grader.cli import engine_for
from grader.engine import Engine, errors
from grader.intervals import NothingTimed
from grader.race import Budget, Race, Stopped

SEED = 20_261
REPEATS = 3  # in fresh processes: where their memory lies makes some difference
ENOUGH = 1.05  # high/low at which a baseline is known well enough
BUDGET = Budget(seconds=12.0, session_seconds=60.0)
TABLE = re.compile(r"^\[speed\].*?(?=^\[(?!speed)|\Z)", re.MULTILINE | re.DOTALL)
FAILED, BAD_USAGE = 1, 2


def measure(exercise: Exercise, engine: Engine) -> dict[str, Interval]:
    """The ratio of each baseline to vectorised. Raises Stopped where a baseline fails its own timed call."""
    return {name: _of_baseline(exercise, name, engine) for name in BASELINES}


def _of_baseline(exercise: Exercise, name: str, engine: Engine) -> Interval:
    """The middle of several measurements, within all of their intervals."""
    source = exercise.baselines[name].encode()
    found = [_once(exercise, source, engine, SEED + repeat) for repeat in range(REPEATS)]
    middle = sorted(one.ratio for one in found)[REPEATS // 2]
    return Interval(min(one.low for one in found), middle, max(one.high for one in found))


def _once(exercise: Exercise, source: bytes, engine: Engine, seed: int) -> Interval:
    race = Race(exercise, source, engine, seed, BUDGET)
    interval = race.interval(lambda found: found.high <= found.low * ENOUGH, hopeless=float("inf"))
    if interval is None:
        raise Stopped(f"too few rounds fitted into {BUDGET.seconds:g} seconds: time something smaller")
    return interval


def section(tiers: Tiers) -> str:
    """The tables of exercise.toml that hold the tiers."""
    lines = ["[speed]", *(f"{name} = {ratio!r}" for name, ratio in tiers.as_dict().items())]
    lines += ["", "[speed.calibration]"]
    lines += [f"{name} = {tiers.calibration[name].as_list()!r}" for name in BASELINES]
    return "\n".join(lines) + "\n"


def write(path: Path, tiers: Tiers) -> None:
    """Put the tiers into an exercise.toml, in place of those that are there."""
    text = path.read_text(encoding="utf-8")
    rest = TABLE.sub("", text).rstrip("\n")
    path.write_text(f"{rest}\n\n{section(tiers)}", encoding="utf-8")


def print_table(exercise: Exercise, measured: dict[str, Interval]) -> None:
    """One line a baseline: least, middle and most of its ratio to vectorised."""
    title = exercise.timed.title if exercise.timed else ""
    print(f"{exercise.slug}: {title}")
    for name, interval in measured.items():
        print(f"  {name:<8} {interval.low:8.3g} {interval.ratio:8.3g} {interval.high:8.3g}")


def calibrate(exercise: Exercise, to_be_written: bool) -> None:
    """Measure one exercise, print what it came to, and store it if asked to."""
    with engine_for(exercise, exercise.baselines["vectorised"].encode()) as engine:
        measured = measure(exercise, engine)
    print_table(exercise, measured)
    tiers = derive(measured)
    print("  tiers    " + ", ".join(f"{name} {ratio:g}" for name, ratio in tiers.as_dict().items()))
    if to_be_written:
        write(exercise.folder / "exercise.toml", tiers)


def _chosen(slugs: Sequence[str]) -> list[Exercise]:
    """The exercises that are named, or all that can be timed. Raises ExerciseError."""
    chosen = [catalogue.load(slug) for slug in slugs or catalogue.slugs()]
    if untimed := [exercise.slug for exercise in chosen if exercise.timed is None and slugs]:
        raise ExerciseError(f"{untimed[0]} has no speed.py; docs/speed.md says what that is")
    return [exercise for exercise in chosen if exercise.timed is not None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 where an exercise cannot be calibrated, 2 for an unknown one."""
    parser = argparse.ArgumentParser(prog="python -m grader.calibrate", description="Find the speed tiers.")
    parser.add_argument(
        "slugs", nargs="*", metavar="SLUG", help="exercises; all with a speed.py if none is named"
    )
    parser.add_argument("--write", action="store_true", help="put the tiers into exercise.toml")
    options = parser.parse_args(arguments)
    try:
        exercises = _chosen(options.slugs)
    except ExerciseError as error:
        print(f"calibrate: {error}", file=sys.stderr)
        return BAD_USAGE
    status = 0
    for exercise in exercises:
        try:
            calibrate(exercise, options.write)
        except (Overlap, Stopped, NothingTimed, errors.EngineError) as error:
            print(f"calibrate: {exercise.slug}: {error}", file=sys.stderr)
            status = FAILED
    return status


if __name__ == "__main__":
    sys.exit(main())
