"""The runner's life: faults are ours, everything is cleaned up, and clients cannot hurt each other."""

import os
import signal
import socket
import subprocess
import sys
import time
import venv
from pathlib import Path

import numpy as np
import pytest

from grader.engine import Engine, Limits, Session, control, errors
from grader.engine.spawn import PROJECT, start_runner
from tests.clocks import eventually
from tests.grader.engine.support import QUICK, honest_is_accepted, running

pytestmark = pytest.mark.sandbox

SLOW = b"import time\ndef solve(): time.sleep(30)"


def descendants(pid: int) -> set[int]:
    """All processes below one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


@pytest.fixture
def own_engine():
    """A runner that a test may hurt."""
    with running() as engine:
        yield engine


def zygote_of(engine: Engine) -> int:
    """The inner zygote: the only child of the outer one."""
    (outer,) = [
        pid for pid in descendants(engine.status()["pid"]) if parent_of(pid) == engine.status()["pid"]
    ]
    (inner,) = [pid for pid in descendants(outer) if parent_of(pid) == outer]
    return inner


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def test_the_status_names_tier_profiles_and_versions(engine):
    status = engine.status()
    assert status["tier"] in ("full", "reduced")
    assert status["profiles"]["numpy"]["ready"]
    assert "numpy" in status["profiles"]["numpy"]["versions"]


def test_nothing_of_this_environment_reaches_the_runner(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not tell")
    with running() as engine:
        for pid in {engine.status()["pid"]} | descendants(engine.status()["pid"]):
            assert b"do not tell" not in environment_of(pid)


def environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:  # it has ended meanwhile
        return b""


def test_a_client_that_disconnects_loses_its_child(own_engine):
    session = own_engine.open("numpy", QUICK)
    session.load(SLOW)
    assert own_engine.status()["busy"] == 1
    session._sock.close()  # as when the worker is killed
    session._channel.close()
    assert eventually(lambda: own_engine.status()["busy"] == 0)
    assert honest_is_accepted(own_engine)


def call_until_it_fails(session: Session) -> None:
    for _ in range(1000):
        session.call("solve")
        time.sleep(0.01)


def test_a_zygote_that_dies_is_our_fault_and_is_replaced(own_engine):
    with own_engine.open("numpy", QUICK) as session:
        session.load(b"def solve(): return 1")
        os.kill(zygote_of(own_engine), signal.SIGKILL)
        with pytest.raises(errors.EngineFault):
            call_until_it_fails(session)
    assert honest_is_accepted(own_engine)


def test_a_child_that_is_killed_from_outside_is_our_fault(own_engine):
    before = descendants(own_engine.status()["pid"])
    with own_engine.open("numpy", QUICK) as session:
        session.load(b"import time\ndef solve(): open('mark', 'w').close(); time.sleep(5)")
        victims = [pid for pid in before if parent_of(pid) == zygote_of(own_engine)]
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        with pytest.raises(errors.EngineFault, match="killed from outside"):
            session.call("solve")
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in victims))
    assert honest_is_accepted(own_engine)


def test_a_runner_that_dies_in_the_middle_is_our_fault(tmp_path_factory):
    with running() as engine, engine.open("numpy", QUICK) as session:
        session.load(SLOW)
        runner = engine.status()["pid"]
        below = descendants(runner)
        os.kill(runner, signal.SIGKILL)
        with pytest.raises(errors.EngineFault):
            session.call("solve")
        assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below))


def test_termination_leaves_nothing_behind(tmp_path):
    with running() as engine:
        pid = engine.status()["pid"]
        with engine.open("numpy", QUICK) as session:
            session.load(b"x = 1")
            below = descendants(pid)
            os.kill(pid, signal.SIGTERM)
            assert below
        assert eventually(lambda: not any(Path(f"/proc/{child}").exists() for child in below))
        assert eventually(lambda: not Path(engine.socket_path).exists())
        assert not list(Path("/sys/fs/cgroup").rglob(f"stride-{pid}"))


def test_the_runner_ends_with_its_parent_when_asked(tmp_path):
    code = (
        "from grader.engine.spawn import start_runner\nimport sys, os\n"
        "print(start_runner(sys.argv[1], ('numpy',)).pid, flush=True)\nos._exit(0)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "s")]
    pid = int(subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, check=True).stdout)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists() or is_zombie(pid))


def is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_second_runner_does_not_take_the_socket(own_engine):
    with pytest.raises(errors.EngineUnavailable, match="the runner ended"):
        start_runner(own_engine.socket_path, ("numpy",))
    assert honest_is_accepted(own_engine)


def test_a_stale_socket_is_replaced(tmp_path):
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as stale:
        stale.bind(str(path))
    process = start_runner(path, ("numpy",))
    try:
        assert honest_is_accepted(Engine(path))
        assert path.stat().st_mode & 0o777 == 0o660
    finally:
        process.terminate()
        process.wait(10)


def test_more_sessions_than_places_wait_their_turn(own_engine):
    jobs = own_engine.status()["jobs"]
    held = [own_engine.open("numpy", QUICK) for _ in range(jobs)]
    with pytest.raises(errors.EngineUnavailable, match="no place became free"):
        Engine(own_engine.socket_path, wait_seconds=0.2).open("numpy")
    for session in held:
        session.finish()
    assert honest_is_accepted(own_engine)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"junk",
        b"[]",
        b"{}",
        b'{"do": "dance"}',
        b'{"do": "open"}',
        b'{"do": "open", "profile": 7, "limits": {}}',
    ],
)
def test_a_client_that_talks_nonsense_hurts_nobody(own_engine, packet):
    with control.connect(own_engine.socket_path, 2) as sock:
        sock.send(packet)
        sock.recv(1000)
    assert honest_is_accepted(own_engine)


def test_limits_that_make_no_sense_are_refused(own_engine):
    limits = Limits().as_dict() | {"seconds": "many"}
    with control.connect(own_engine.socket_path, 2) as sock:
        control.send(sock, {"do": "open", "profile": "numpy", "limits": limits})
        answer, _ = control.receive(sock)
    assert answer["error"] == "fault"
    assert honest_is_accepted(own_engine)


def test_bad_options_are_explained():
    command = [sys.executable, "-m", "grader.engine.runner", "--socket", "s", "--profiles", "cobol"]
    done = subprocess.run(command, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert "unknown profile cobol" in done.stderr


def test_a_path_that_is_too_long_is_explained():
    with pytest.raises(errors.EngineUnavailable):
        start_runner("/tmp/" + "x" * 200, ("numpy",))


def test_the_doctor_names_every_feature_and_the_tier():
    done = subprocess.run(
        [sys.executable, "-m", "grader.engine.doctor"], cwd=PROJECT, stdout=subprocess.PIPE, text=True
    )
    for word in ("namespaces", "seccomp", "capability drop", "Landlock", "control groups", "sandbox tier"):
        assert word in done.stdout
    assert done.returncode == 0


def test_the_doctor_asks_a_runner(engine):
    command = [sys.executable, "-m", "grader.engine.doctor", "--socket"]
    done = subprocess.run([*command, engine.socket_path], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 0
    assert "numpy: ready" in done.stdout
    done = subprocess.run([*command, "/nowhere"], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert done.returncode == 1
    assert "no runner answers at /nowhere" in done.stdout


def test_zygotes_are_replaced_after_a_number_of_children_without_a_gap():
    with running(recycle_after=6) as engine:
        first = zygote_of(engine)
        assert all(honest_is_accepted(engine) for _ in range(40))
        assert eventually(lambda: first not in descendants(engine.status()["pid"]))
        assert honest_is_accepted(engine)


def test_a_session_of_a_retired_zygote_goes_on():
    with running(recycle_after=4, jobs=2) as engine, engine.open("numpy", QUICK) as session:
        session.load(b"def solve(): return 1")
        for _ in range(20):
            assert honest_is_accepted(engine)
        assert session.call("solve").value == 1


def test_a_library_that_is_not_installed_is_named(tmp_path):
    """A profile without its library says so; the other profile works."""
    packages = tmp_path / "packages"
    packages.mkdir()
    for entry in Path(np.__file__).parents[1].glob("numpy*"):
        (packages / entry.name).symlink_to(entry)
    venv.create(tmp_path / "venv", symlinks=True)
    (site,) = (tmp_path / "venv" / "lib").glob("*/site-packages")
    (site / "packages.pth").write_text(str(packages))
    with running(("numpy", "torch"), python=str(tmp_path / "venv" / "bin" / "python")) as engine:
        assert honest_is_accepted(engine)
        with pytest.raises(errors.EngineUnavailable, match="PyTorch is not installed"):
            engine.open("torch")


def test_demand_raises_the_number_of_children_that_wait_up_to_a_bound():
    def waiting() -> int:
        return int(engine.status()["profiles"]["numpy"]["standby"])

    with running(standby=1, most_standby=3, jobs=6) as engine:
        assert eventually(lambda: waiting() == 1)
        for _ in range(3):
            sessions = [engine.open("numpy", QUICK) for _ in range(6)]
            for session in sessions:
                session.finish()
        assert eventually(lambda: waiting() == 3)
        time.sleep(0.3)
        assert waiting() == 3


def test_the_runner_counts_what_it_does():
    with running() as engine:
        assert eventually(lambda: engine.status()["profiles"]["numpy"]["standby"] == 2)
        before = engine.status()["counters"]
        assert (before["sessions"], before["zygotes"], before["faults"]) == (0, 1, 0)
        assert honest_is_accepted(engine)
        assert eventually(lambda: engine.status()["counters"]["children"] == before["children"] + 1)
        assert engine.status()["counters"]["sessions"] == 1
        os.kill(zygote_of(engine), signal.SIGKILL)
        assert eventually(lambda: engine.status()["counters"]["faults"] == 1)
        assert honest_is_accepted(engine)
        assert engine.status()["counters"]["zygotes"] == 2
