"""Speed for an ordinary user, with tensors, and with two threads."""

import dataclasses
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from exercises import catalogue
from exercises.metadata import ExerciseLimits
from exercises.tiers import Interval, Tiers
from grader import speed
from tests.grader.engine.support import running
from tests.grader.engine.test_tiers import ORDINARY, python  # noqa: F401 - a fixture

pytestmark = pytest.mark.sandbox
EXERCISE = catalogue.load("max-pool2d")
SCRIPT = """
import json, sys
from exercises import catalogue
from grader import speed
from grader.engine import Engine
from grader.engine.spawn import start_runner
runner = start_runner(sys.argv[1], ("numpy",), jobs=1, standby=1)
exercise = catalogue.load("max-pool2d")
try:
    for source in sys.argv[2:]:
        found = speed.measure(exercise, source.encode(), engine=Engine(sys.argv[1]), seed=4)
        print(json.dumps(found.as_dict()), flush=True)
finally:
    runner.terminate()
    runner.wait(10)
"""
HOG = """
import threading
def hog():
    while True:
        sum(range(1000))
threading.Thread(target=hog, daemon=True).start()
"""


def measured_as(python: Path, *sources: str) -> list[dict]:  # noqa: F811
    folder = Path(tempfile.mkdtemp(prefix="speed"))
    folder.chmod(0o777)
    user = str(ORDINARY)
    command = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", python, "-c", SCRIPT]
    try:
        done = subprocess.run(
            [*command, folder / "s", *sources],
            env={},
            cwd=folder,
            text=True,
            timeout=90,
            capture_output=True,
            check=False,
        )
    finally:
        shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_an_ordinary_user_measures_without_control_groups(python):  # noqa: F811
    honest = EXERCISE.solutions[0].source
    plain, hogging = measured_as(python, honest, honest + HOG)
    assert plain["state"] == "measured", plain["reason"]
    assert plain["tier"] in ("silver", "gold")
    assert hogging["state"] in ("measured", "slow")
    if hogging["high"]:
        assert hogging["high"] > 0.8 * plain["ratio"], "hogging paid"


TORCH_CASE = """
import numpy as np
from exercises.dsl import torch_tensor
from exercises.reference import max_pool2d
from exercises.timing import Call, timed

@timed("max_pool2d", "5x5 windows over 16 maps of 48x48, tensors")
def tensors(rng):
    x = rng.standard_normal((1, 16, 48, 48), dtype=np.float32)
    y = max_pool2d(x, 5, stride=1, padding=2)
    return Call((torch_tensor(x), 5), {"stride": 1, "padding": 2}, expected=torch_tensor(y))
"""
LIBRARY = """
from torch.nn import functional
def max_pool2d(x, kernel, stride, padding):
    return functional.max_pool2d(x, kernel, stride, padding)
"""
IM2COL = """
from torch.nn import functional
def max_pool2d(x, kernel, stride, padding):
    padded = functional.pad(x, (padding,) * 4, value=float("-inf"))
    columns = functional.unfold(padded, kernel, stride=stride)
    n, c, height, width = x.shape
    return columns.reshape(n, c, kernel * kernel, -1).amax(dim=2).reshape(n, c, height, width)
"""


def of_numpy(source: str) -> str:
    return f"{source}\ninner = max_pool2d\ndef max_pool2d(x, *args, **kwargs):\n    return x.numpy()\n"


@pytest.mark.torch
def test_tensors_are_timed_and_only_tensors_count(tmp_path):
    pytest.importorskip("torch")
    (tmp_path / "speed.py").write_text(TORCH_CASE)
    tiers = Tiers(50.0, 1.3, 0.5, {"loops": Interval(60, 60, 60)})
    exercise = dataclasses.replace(
        EXERCISE,
        profile="torch",
        frameworks=("torch",),
        folder=tmp_path,
        baselines={"vectorised": IM2COL},
        speed=tiers,
    )
    with running(("torch",), wait_seconds=60, jobs=1) as engine:
        found = speed.measure(exercise, LIBRARY.encode(), engine=engine, seed=1)
        assert found.state == speed.MEASURED, found.reason
        assert found.tier in ("silver", "gold")
        array = speed.measure(exercise, of_numpy(LIBRARY).encode(), engine=engine, seed=1)
        assert (array.state, array.tier) == (speed.STOPPED, "")


def test_where_threads_are_allowed_waiting_counts(tmp_path):
    limits = ExerciseLimits(seconds=10.0, memory_mb=512, threads=2)
    exercise = dataclasses.replace(EXERCISE, limits=limits)
    with running() as engine:
        found = speed.measure(exercise, EXERCISE.baselines["vectorised"].encode(), engine=engine, seed=1)
    assert found.state in (speed.MEASURED, speed.UNAVAILABLE), found.reason
    assert found.state == speed.UNAVAILABLE or found.clock == "wall"
