"""The same contract in every tier: as an ordinary user, and what happens where the sandbox cannot work."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import grader
from tests.conftest import require_or_skip
from tests.grader.engine.support import sandbox_works

pytestmark = pytest.mark.sandbox

ORDINARY = 54321
SYSTEM_PYTHONS = ("/usr/bin/python3.11", "/usr/bin/python3.12", "/usr/bin/python3.13", "/usr/bin/python3")
SCRIPT = """
import sys
from grader.engine import Engine, Limits, errors
from grader.engine.spawn import start_runner
runner = start_runner(sys.argv[1], ("numpy",))
engine = Engine(sys.argv[1])
def outcome(source, **limits):
    try:
        with engine.open("numpy", Limits(**({"seconds": 3, "memory_mb": 200} | limits))) as session:
            session.load(source.encode())
            value = session.call("solve").value
        used = session.finish()
        return [value, used.tier, used.cpu_seconds >= 0, used.peak_memory_mb >= 0]
    except (errors.CandidateFault, errors.EngineError) as error:
        return f"{error.verdict}: {error}"
try:
    for source in sys.argv[2:]:
        print(outcome(source), flush=True)
finally:
    runner.terminate()
    runner.wait(10)
"""
FLOOD = "def solve():\n kept = []\n while True: kept.append(bytearray(1 << 20))"
READS = "def solve(): return open('/etc/passwd').read()"
CONNECTS = "import socket\ndef solve(): socket.socket()"
EXECS = "import os\ndef solve(): os.execv('/bin/true', ['true'])"
FORKS = "import os\ndef solve(): os.fork()"
THREADS = """
import threading, time
def solve():
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
"""
HONEST = "import numpy as np\ndef solve(): return float(np.ones(3).sum())"


@pytest.fixture(scope="module")
def python():
    """An interpreter that every user may execute, which one below /root is not, with this one's packages."""
    require_or_skip(sandbox_works() and os.geteuid() == 0, "root, to become somebody else,")
    folder = Path(tempfile.mkdtemp(prefix="tiers"))
    folder.chmod(0o755)
    base = next((path for path in SYSTEM_PYTHONS if same_version(path)), None)
    require_or_skip(base is not None, "a system interpreter of this version")
    subprocess.run([base, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = Path(pytest.importorskip("numpy").__file__).parents[1]
    (site,) = (folder / "venv" / "lib").glob("*/site-packages")
    (site / "here.pth").write_text(f"{packages}\n{Path(grader.__file__).parents[1]}\n")
    require_or_skip(readable_by_all(packages), "packages that every user may read")
    yield folder / "venv" / "bin" / "python"
    shutil.rmtree(folder)


def same_version(path: str) -> bool:
    code = "import sys; print(sys.version_info[:2])"
    if not Path(path).exists():
        return False
    shown = subprocess.run([path, "-c", code], stdout=subprocess.PIPE, text=True).stdout
    return shown.strip() == str(sys.version_info[:2])


def readable_by_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (path, *path.parents))


def outcomes(python: Path, *sources: str, prefix: tuple[str, ...] = (), **environment: str) -> list[str]:
    """What each source comes to under a runner that an ordinary user starts."""
    folder = Path(tempfile.mkdtemp(prefix="tier"))
    folder.chmod(0o777)
    command = [*prefix, python, "-c", SCRIPT, folder / "s", *sources]
    try:
        done = subprocess.run(
            command, env=environment, cwd=folder, text=True, timeout=60, capture_output=True, check=False
        )
    finally:
        shutil.rmtree(folder)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def ordinary(python: Path, *sources: str) -> list[str]:
    number = str(ORDINARY)
    return outcomes(
        python, *sources, prefix=("setpriv", "--reuid", number, "--regid", number, "--clear-groups")
    )


def test_an_ordinary_user_can_grade(python):
    honest, flood, reads, connects, execs, forks, threads, after = ordinary(
        python, HONEST, FLOOD, READS, CONNECTS, EXECS, FORKS, THREADS, HONEST
    )
    assert threads.startswith("runtime_error: RuntimeError: can't start new thread")
    assert honest == after == "[3.0, 'reduced', True, True]"
    assert flood.startswith("memory_limit")
    assert reads.startswith("runtime_error")
    assert connects.startswith("runtime_error: PermissionError")
    assert execs.startswith("sandbox_violation")
    assert forks.startswith("runtime_error: PermissionError")


# `unshare --user` without a map leaves a user who may not make namespaces: what a stock container looks like.
POWERLESS = ("unshare", "--user")


def test_without_namespaces_nothing_is_graded(python):
    (refused,) = outcomes(python, HONEST, prefix=POWERLESS)
    assert refused.startswith("internal_error: this machine cannot sandbox submissions; missing: namespaces")


def test_unsafe_grades_without_a_sandbox_and_says_so(python):
    honest, loops = outcomes(python, HONEST, FLOOD, prefix=POWERLESS, STRIDE_SANDBOX="unsafe")
    assert honest == "[3.0, 'unsafe', True, True]"
    assert loops.startswith("memory_limit")


def test_unsafe_is_ignored_where_the_sandbox_works(python):
    (honest,) = outcomes(python, HONEST, STRIDE_SANDBOX="unsafe")
    assert "'unsafe'" not in honest
