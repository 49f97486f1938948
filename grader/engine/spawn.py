"""Start a runner as a process of its own, with nothing of this process's environment."""

import os
import subprocess
import sys
import time
from pathlib import Path

from grader.engine.client import Engine
from grader.engine.errors import EngineUnavailable

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def start_runner(
    socket_path: str | Path,
    profiles: tuple[str, ...] = ("numpy", "torch"),
    *,
    standby: int | None = None,
    most_standby: int | None = None,
    jobs: int | None = None,
    recycle_after: int | None = None,
    die_with_parent: bool = True,
    log_level: str = "info",
    log_format: str = "text",
    wait_seconds: float = 30.0,
    python: str = sys.executable,
) -> subprocess.Popen[bytes]:
    """A runner that answers and whose first profile is warm; the others warm up in the background.

    Only `STRIDE_SANDBOX` is handed on from the environment. Raises `EngineUnavailable` when the runner
    ends or stays silent. The caller terminates the process.
    """
    command = [
        python,
        "-m",
        "grader.engine.runner",
        "--socket",
        str(socket_path),
        "--profiles",
        ",".join(profiles),
        "--log-level",
        log_level,
        "--log-format",
        log_format,
    ]
    command += ["--die-with-parent"] * die_with_parent
    sizes = {"standby": standby, "most-standby": most_standby, "jobs": jobs, "recycle-after": recycle_after}
    command += [f"--{name}={number}" for name, number in sizes.items() if number is not None]
    environment = dict(ENVIRONMENT)
    if "STRIDE_SANDBOX" in os.environ:
        environment["STRIDE_SANDBOX"] = os.environ["STRIDE_SANDBOX"]
    process = subprocess.Popen(
        command, env=environment, cwd=PROJECT, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_until_warm(process, Engine(socket_path), profiles[0], time.monotonic() + wait_seconds)
    except EngineUnavailable:
        process.terminate()
        process.wait()
        raise
    return process


def _wait_until_warm(process: subprocess.Popen[bytes], engine: Engine, profile: str, deadline: float) -> None:
    """Return when the profile is ready, or is known never to be (a session then says why)."""
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise EngineUnavailable(f"the runner ended with status {process.returncode}; its log says why")
        try:
            status = engine.status()
        except EngineUnavailable:
            status = None
        if status is not None and status["pid"] == process.pid and _settled(status, profile):
            return  # another process identifier would be a runner that was there before
        time.sleep(0.02)
    raise EngineUnavailable("the runner did not become ready in time")


def _settled(status: dict[str, object], profile: str) -> bool:
    profiles = status["profiles"]
    if not isinstance(profiles, dict) or profile not in profiles:
        return True
    return bool(profiles[profile]["ready"] or profiles[profile]["unavailable"])
