"""One runner with the cuda profile, and the figures that the tests note, printed at the end.

Nothing here needs Django: a GPU machine may have NumPy, PyTorch and pytest only.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine import Engine, Limits
from grader.engine.sandbox import nvml
from grader.engine.spawn import start_runner

WARM_SECONDS = 180
FIGURES: list[tuple[str, str]] = []


def skip_without_gpu() -> nvml.Inventory:
    """The GPUs; where there is none the test is skipped, or fails with STRIDE_REQUIRE_GPU=1."""
    found = nvml.ask()
    if found.problem:
        (pytest.fail if os.environ.get("STRIDE_REQUIRE_GPU") == "1" else pytest.skip)(found.problem)
    return found


@pytest.fixture(scope="session")
def inventory() -> nvml.Inventory:
    return skip_without_gpu()


@pytest.fixture(scope="session")
def note():
    """Record a figure for docs/gpu.md."""
    return lambda what, value: FIGURES.append((what, value))


@pytest.fixture(scope="session")
def engine(inventory, note) -> Iterator[Engine]:
    """A runner whose first child waits on the GPU; what keeps it from that is told in its own words."""
    folder = Path(tempfile.mkdtemp(prefix="gpu"))
    begun = time.monotonic()
    process = start_runner(folder / "s", ("cuda",), wait_seconds=WARM_SECONDS)
    try:
        engine = Engine(folder / "s")
        profile = engine.status()["profiles"]["cuda"]
        assert not profile["unavailable"], profile["unavailable"]
        note("GPUs", ", ".join(f"{gpu.name}, {gpu.memory_mb:,} MB" for gpu in inventory.gpus))
        note("driver", inventory.driver)
        note("versions", ", ".join(f"{name} {version}" for name, version in profile["versions"].items()))
        note("sandbox", str(engine.status()["tier"]))
        note("from start to the first child that waits", f"{time.monotonic() - begun:.1f} s")
        yield engine
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)


@pytest.fixture
def opened(engine):
    """Open a session on the GPU with a source loaded."""

    def open_with(source: str, **limits: float):
        session = engine.open("cuda", Limits(**({"seconds": 20, "memory_mb": 2048} | limits)))
        session.load(source.encode())
        return session

    return open_with


def pytest_terminal_summary(terminalreporter) -> None:
    if FIGURES:
        terminalreporter.section("figures for docs/gpu.md")
        for what, value in FIGURES:
            terminalreporter.line(f"| {what} | {value} |")
