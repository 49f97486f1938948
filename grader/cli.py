"""Grades a file without the site or a database, in the same sandbox: `./dev grade SLUG FILE`."""

import argparse
import difflib
import importlib.util
import json
import logging
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from exercises import catalogue
from exercises.catalogue import Exercise, ExerciseError, UnknownExercise
from grader import devices
from grader.engine import Engine, errors
from grader.engine.sandbox.devices import problem as no_gpu
from grader.engine.spawn import start_runner
from grader.engine.types import SOURCE_MAX_BYTES
from grader.judge import judge
from grader.report import Report, Verdict
from grader.terminal import print_report

MAX_SEED = 2**62 - 1
BAD_USAGE, OUR_FAULT = 2, 3


class BadUsage(Exception):
    """The command cannot be carried out as given; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade and print; 0 whatever the verdict, 2 for bad usage, 3 for a fault of ours."""
    options = _parser().parse_args(arguments)
    os.environ["CUDA_VISIBLE_DEVICES"] = ""  # a GPU is the candidate's; the runner has its own environment
    logging.basicConfig(level=logging.CRITICAL)  # what went wrong is said below, without a traceback
    try:
        exercise = _exercise(options.slug)
        source = _source(options.file)
        seed = _seed(options.seed)
        _check_torch(exercise, source)
        with engine_for(exercise, source) as engine:
            report = judge(exercise, source, engine=engine, seed=seed, speed=True)
    except BadUsage as error:
        print(f"grade: {error}", file=sys.stderr)
        return BAD_USAGE
    except errors.EngineError as error:
        print(f"grade: the sandbox cannot be started: {error}", file=sys.stderr)
        return OUR_FAULT
    _print(report, options.json)
    if report.verdict is Verdict.INTERNAL_ERROR:
        print(f"grade: {report.fault}", file=sys.stderr)
        return OUR_FAULT
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./dev grade", description="Grade a file in the sandbox.")
    parser.add_argument("slug", metavar="SLUG", help="the exercise")
    parser.add_argument("file", metavar="FILE", help="the submission; - reads standard input")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--seed", type=int, metavar="N", help="replay hidden cases with this seed")
    return parser


def _exercise(slug: str) -> Exercise:
    try:
        exercise = catalogue.load(slug)
    except UnknownExercise:
        known = catalogue.slugs()
        near = difflib.get_close_matches(slug, known, 3)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
        raise BadUsage(f"no exercise is called {slug[:80]!r}. {hint}") from None
    except ExerciseError as error:
        raise BadUsage(str(error)) from None
    return exercise


def _check_torch(exercise: Exercise, source: bytes) -> None:
    if exercise.profile_for(source.decode("utf-8", "replace")) == "numpy":
        return
    if importlib.util.find_spec("torch") is None:
        what = "this answer" if "numpy" in exercise.frameworks else exercise.slug
        raise BadUsage(f"{what} needs PyTorch, which is not installed (started with --no-torch).")


def _profiles(exercise: Exercise, source: bytes) -> tuple[str, ...]:
    """What judging the answer needs of a runner; a GPU for its cases only where there is one."""
    text = source.decode("utf-8", "replace")
    own = {exercise.profile_for(text), *(exercise.profile_for(one) for one in exercise.baselines.values())}
    if not devices.needs_gpu(exercise.cases_for(text)):
        return tuple(sorted(own))
    problem = no_gpu()
    if problem and exercise.profile == devices.GPU:
        raise BadUsage(f"{exercise.slug} needs a GPU, and there is {problem}")
    return tuple(sorted(own)) if problem else tuple(sorted({*own, devices.GPU}))


def _source(name: str) -> bytes:
    """The file's bytes, no more than are needed to see that it is too large."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(SOURCE_MAX_BYTES + 1)
        with Path(name).open("rb") as file:
            return file.read(SOURCE_MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadUsage(f"cannot read {name}: {reason}") from None


def _seed(given: int | None) -> int:
    if given is None:
        return secrets.randbits(62)
    if not 0 <= given <= MAX_SEED:
        raise BadUsage(f"--seed must be from 0 to {MAX_SEED}")
    return given


@contextmanager
def engine_for(exercise: Exercise, source: bytes) -> Iterator[Engine]:
    """The runner that STRIDE_RUNNER_SOCKET names, or one of our own for as long as this takes."""
    socket = os.environ.get("STRIDE_RUNNER_SOCKET")
    if socket:
        yield Engine(socket)
        return
    with tempfile.TemporaryDirectory(prefix="stride-") as folder:
        path = Path(folder) / "runner.sock"
        process = start_runner(
            path, _profiles(exercise, source), standby=1, jobs=1, wait_seconds=120, log_level="warning"
        )
        try:
            yield Engine(path)
        finally:
            process.terminate()
            process.wait()


def _print(report: Report, as_json: bool) -> None:
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        print_report(report.as_dict(), colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)


if __name__ == "__main__":
    sys.exit(main())
