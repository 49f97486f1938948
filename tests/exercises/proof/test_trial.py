"""Mutants that misbehave: each counts as rejected, and those behind it are tried all the same."""

import os
import time
from pathlib import Path

import pytest

from exercises import catalogue
from exercises.metadata import ExerciseError
from exercises.proof import trial
from exercises.proof.mutants import Mutant
from exercises.proof.trial import trials
from tests.exercises.support import FIXTURES

SEEDS = (1, 2)
CATCHES = "while True:\n        try:\n            while True: pass\n        except BaseException: pass"
HOSTILE = {
    "loops for ever": "while True: pass",
    "catches what ends it": CATCHES,
    "fills the memory": "bytearray(2**33)",
    "ends its process": "import os; os._exit(0)",
    "exits": "raise SystemExit(0)",
    "kills itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "aborts": "import os; os.abort()",
    "recurses": "return affine(x, factor, offset)",
    "prints much": "print('x' * 10**6); return None",
    "closes everything": "import os; os.closerange(0, 100)",
}


@pytest.fixture
def exercise():
    return catalogue.load("affine", FIXTURES)


def mutant(exercise, body: str, name: str = "") -> Mutant:
    source = exercise.solutions[0].source
    old = "    return factor * x + offset"
    assert old in source
    return Mutant("solution.py", name or body, 1, "", "", source.replace(old, f"    {body}"))


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    monkeypatch.setattr(trial, "GRACE", 0.1)
    monkeypatch.setattr(trial, "PATIENCE", 1.0)


@pytest.mark.parametrize("workers", [1, 2])
def test_hostile_mutants_are_rejected_and_others_are_tried(exercise, workers, capfd):
    right = mutant(exercise, "return x * factor + offset", "right")
    wrong = mutant(exercise, "return factor * x - offset", "wrong")
    hostile = [mutant(exercise, body, name) for name, body in HOSTILE.items()]
    source = exercise.solutions[0].source
    found = trials(exercise, source, [right, *hostile, wrong], SEEDS, workers)
    assert list(found) == [right, *hostile, wrong]
    assert found[right] == ""
    assert found[wrong].endswith(": wrong values")
    assert all(found[one] for one in hostile)
    words = {one.name: found[one] for one in hostile}
    assert words["loops for ever"] == words["catches what ends it"] == "out of time"
    assert words["ends its process"] == words["aborts"] == "ended its process"
    assert "MemoryError" in words["fills the memory"]
    assert "RecursionError" in words["recurses"]
    assert "SystemExit" in words["exits"]
    assert capfd.readouterr() == ("", "")


def test_one_that_waits_for_what_never_comes_is_given_up(exercise):
    begun = time.monotonic()
    waiting = mutant(exercise, "import threading; threading.Event().wait()")
    found = trials(exercise, exercise.solutions[0].source, [waiting], SEEDS[:1])
    assert found[waiting] == "out of patience or memory"
    assert time.monotonic() - begun < 10


def test_further_seeds_find_what_the_first_does_not(exercise):
    body = "return factor * x + offset if x[0] > -2.0 else None"
    rare = mutant(exercise, body)
    assert trials(exercise, exercise.solutions[0].source, [rare], (1,))[rare] == ""
    assert trials(exercise, exercise.solutions[0].source, [rare], range(1, 40))[rare]


def test_a_model_answer_that_does_not_run_when_forked_is_an_error(exercise):
    source = f"import os\nassert os.getpid() == {os.getpid()}\n{exercise.solutions[0].source}"
    with pytest.raises(ExerciseError, match="a forked process rejects the model answer itself"):
        trials(exercise, source, [mutant(exercise, "return None")], SEEDS)


def own_children() -> set[str]:
    """The processes that any thread of this one has begun and not buried."""
    found = Path("/proc/self/task").glob("*/children")
    return {pid for file in found for pid in file.read_text().split()}


def test_no_process_and_no_pipe_is_left(exercise):
    before, children = set(os.listdir("/proc/self/fd")), own_children()
    bodies = ["return None", *HOSTILE.values()]
    trials(exercise, exercise.solutions[0].source, [mutant(exercise, body) for body in bodies], SEEDS)
    assert len(os.listdir("/proc/self/fd")) == len(before)
    assert own_children() <= children  # other tests of this process may have theirs
