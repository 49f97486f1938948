"""`./dev bench`: which benchmarks run, with which options."""

import subprocess
import sys
from pathlib import Path

import pytest

from devtools.bench import split

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("given", "names", "options"),
    [
        ([], [], []),
        (["engine", "web"], ["engine", "web"], []),
        (["grading", "--rate", "5"], ["grading"], ["--rate", "5"]),
        (["--rate=5"], [], ["--rate=5"]),
    ],
)
def test_what_follows_the_first_option_is_handed_on(given, names, options):
    assert split(given) == (names, options)


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devtools.bench", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240)


def test_an_unknown_benchmark_is_one_clear_line():
    done = bench("grades")
    assert done.returncode == 2
    assert "no benchmark 'grades'; there are bank, engine, grading, " in done.stderr


@pytest.mark.slow
@pytest.mark.sandbox
def test_the_whole_way_is_measured():
    done = bench("grading", "--broker", "embedded", "--rate", "3", "--seconds", "3", "--warm-up", "1",
                 "--saturation", "1", "--profiles", "numpy", "--setting", "STRIDE_SPEED_TIERS=0")  # fmt: skip
    assert done.returncode == 0, done.stderr
    for part in ("click to verdict", "accepted", "floor:", "deliver", "CPU ms", "without a pause"):
        assert part in done.stdout
    assert "internal_error" not in done.stdout
