"""Proves exercises: right answers pass; starters, mistakes and mutants fail; mistakes are told apart.

python -m exercises.validate [SLUG ...] [--seeds N] [--no-mutants] [--thorough]
"""

import argparse
import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from exercises import catalogue
from exercises.proof import table
from exercises.proof.proof import SLOW, prove
from exercises.proof.result import Result

SEEDS = 3
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(arguments: Sequence[str] | None = None, root: Path = catalogue.CATALOGUE) -> int:
    """Prove the exercises that are named, or all; exit status 1 if any fails, 2 for an unknown one."""
    parser = argparse.ArgumentParser(prog="python -m exercises.validate", description="Prove exercises.")
    parser.add_argument("slugs", nargs="*", metavar="SLUG", help="exercises to prove; all if none is named")
    parser.add_argument(
        "--seeds", type=int, default=SEEDS, metavar="N", help=f"seeds to try (default {SEEDS})"
    )
    parser.add_argument("--no-mutants", action="store_true", help="leave out mutants of the model answers")
    parser.add_argument("--thorough", action="store_true", help="all seeds for slow answers, too")
    options = parser.parse_args(arguments)
    if options.seeds < 1:
        parser.error("--seeds must be at least 1")
    known = catalogue.slugs(root)
    unknown = [slug for slug in options.slugs if slug not in known]
    if unknown:
        parser.error(f"no exercise is called {unknown[0]!r}; there are {', '.join(known)}")
    print(table.head())
    results = []
    for result in proved(
        options.slugs or known, options.seeds, not options.no_mutants, root, options.thorough
    ):
        print(table.row(result), flush=True)
        results.append(result)
    print(table.total(results))
    return 1 if any(result.problems for result in results) else 0


def proved(
    slugs: Sequence[str],
    seeds: int,
    mutate: bool = True,
    root: Path = catalogue.CATALOGUE,
    thorough: bool = False,
) -> Iterator[Result]:
    """Prove several exercises, each in a process with one thread, as many at a time as there are cores."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    workers = min(os.cpu_count() or 1, len(slugs))
    spare = (os.cpu_count() or 1) // workers
    one = partial(prove, seeds=seeds, root=root, mutate=mutate, workers=spare, thorough=thorough)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, spawn, initializer=_end_with, initargs=(os.getpid(),)) as pool:
        begun = {
            slug: pool.submit(one, slug) for slug in sorted(slugs, key=lambda slug: _is_quick(slug, root))
        }
        for slug in slugs:
            yield begun[slug].result()


def _end_with(parent: int) -> None:
    """End this process when its parent does, which may be killed by a time limit and then cleans up nothing.

    By the kernel and not by a thread that watches: mutants are tried in forks.
    """
    with contextlib.suppress(OSError, AttributeError):  # Linux alone has it
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _is_quick(slug: str, root: Path) -> bool:
    """Slow exercises are begun first, so that none is alone at the end."""
    try:
        return catalogue.load(slug, root).limits.seconds <= SLOW
    except catalogue.ExerciseError:
        return True


if __name__ == "__main__":
    sys.exit(main())
