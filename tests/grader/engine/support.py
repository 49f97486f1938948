"""A real runner for tests, and the two things that every test does with one."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.engine import Engine, Limits
from grader.engine.sandbox import features
from grader.engine.sandbox.plan import REFUSED
from grader.engine.spawn import start_runner
from tests.conftest import require_or_skip

HONEST = b"""
import numpy as np
def solve(*values):
    return np.add.reduce([np.asarray(value, dtype=float).sum() for value in values]) if values else 42.0
"""
QUICK = Limits(seconds=20, memory_mb=256)  # quick where nothing else keeps the machine busy


def sandbox_works() -> bool:
    return features.plan(features.examine(), unsafe=False).tier != REFUSED


@contextlib.contextmanager
def running(profiles: tuple[str, ...] = ("numpy",), **options: object) -> Iterator[Engine]:
    """An engine whose runner lives as long as the block; demand does not change how many children wait."""
    options.setdefault("most_standby", 2)
    require_or_skip(sandbox_works(), "a kernel that lets the sandbox work")
    folder = Path(tempfile.mkdtemp(prefix="engine"))
    process = start_runner(folder / "s", profiles, **options)
    try:
        yield Engine(folder / "s")
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


def honest_is_accepted(engine: Engine, profile: str = "numpy") -> bool:
    """The runner still serves a plain submission, in a process that nobody used before."""
    with engine.open(profile, QUICK) as session:
        session.load(HONEST)
        return session.call("solve", ([1.0, 2.0], [3.5])).value == 6.5
