"""Control groups of version 2, with whatever controllers this machine has left for them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine.sandbox import cgroups
from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip

SCRIPT = """
import json, os, sys
from pathlib import Path
from grader.engine.sandbox import cgroups
cgroups._V2 = tuple(sys.argv[2:])
cgroups._V1 = ("none",)
here = Path(sys.argv[1])
cgroups._mounts = lambda kind, real=cgroups._mounts: real(kind) if kind == "cgroup2" else {}

def members(folder):
    return sorted(map(int, (folder / "cgroup.procs").read_text().split()))

def probe():
    hierarchy = cgroups.find()
    if hierarchy is None:
        os._exit(1)
    hierarchy.make("probe").remove()
    hierarchy.remove()
    os._exit(0)

before = members(here)
pid = os.fork()
if pid == 0:
    probe()
probed = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
after = members(here), sorted(path.name for path in here.iterdir() if path.is_dir())
hierarchy = cgroups.find()
child = hierarchy.make("child")
sleeper = os.fork()
if sleeper == 0:
    os.execvp("sleep", ["sleep", "60"])
child.add(sleeper)
inside = members(next(iter(child.folders.values())))
held = not child.remove()
os.kill(sleeper, 9)
os.waitpid(sleeper, 0)
while not child.remove():
    pass
hierarchy.remove()
print(json.dumps({
    "probed": probed, "as before": after == (before, []), "inside": inside == [sleeper], "held": held,
    "at the end": (members(here), [path.name for path in here.iterdir() if path.is_dir()]) == (before, []),
}))
"""


def unified() -> Path | None:
    mounts = cgroups._mounts("cgroup2")
    return next(iter(mounts.values()), None)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A delegated group of version 2, as a container or a scope of systemd has."""
    root = unified()
    require_or_skip(
        root is not None and os.geteuid() == 0, "control groups of version 2, and root to make some,"
    )
    assert root is not None
    made = root / f"delegated-{os.getpid()}"
    controllers = (root / "cgroup.controllers").read_text().split()
    require_or_skip(bool(controllers), "a controller of version 2")
    before = (root / "cgroup.subtree_control").read_text().split()
    made.mkdir()
    (root / "cgroup.subtree_control").write_text(f"+{controllers[0]}")
    yield made
    made.rmdir()
    if controllers[0] not in before:
        (root / "cgroup.subtree_control").write_text(f"-{controllers[0]}")


def test_groups_are_made_where_processes_already_are(folder):
    """The runner's parent is in the same group, which the kernel does not forgive otherwise."""
    controller = (folder / "cgroup.controllers").read_text().split()[0]
    command = f'echo $$ > {folder}/cgroup.procs; "$@"; status=$?; exit $status'
    arguments = [sys.executable, "-c", SCRIPT, str(folder), controller]
    done = subprocess.run(
        ["sh", "-c", command, "sh", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"probed": 0' in done.stdout
    assert "false" not in done.stdout


def test_a_group_without_the_controllers_is_no_place(tmp_path, monkeypatch):
    (tmp_path / "cgroup.controllers").write_text("cpu pids\n")
    monkeypatch.setattr(cgroups, "_mounts", lambda kind: {"": tmp_path} if kind == "cgroup2" else {})
    monkeypatch.setattr(cgroups, "_own_paths", lambda: {"": "/"})
    assert cgroups.find() is None
    assert [path.name for path in tmp_path.iterdir()] == ["cgroup.controllers"]


def test_a_group_that_may_not_be_written_is_left_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (tmp_path / "cgroup.subtree_control").mkdir()  # writing to it fails, also for root
    monkeypatch.setattr(cgroups, "_mounts", lambda kind: {"": tmp_path} if kind == "cgroup2" else {})
    monkeypatch.setattr(cgroups, "_own_paths", lambda: {"": "/"})
    assert cgroups.find() is None
    assert not list(tmp_path.glob("stride-*/*"))


def test_what_dead_runners_left_is_swept_away(tmp_path):
    dead = subprocess.Popen(["true"])
    dead.wait()
    (tmp_path / f"stride-{dead.pid}" / "numpy-1").mkdir(parents=True)
    (tmp_path / f"stride-{os.getpid()}" / "numpy-1").mkdir(parents=True)
    cgroups._sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"stride-{os.getpid()}"]
