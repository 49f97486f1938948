"""A site of its own for a benchmark: web, worker with its runner, and what carries rows and hints.

`services` is PostgreSQL and Redis with the defaults that they come with (a commit waits for the disk);
`embedded` is what `./dev serve` starts: SQLite and the file-system broker.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import child_running
from benchmarks.servers import ROOT, free_port
from devtools.serve import web_command, worker_command

START_SECONDS = 90
SETTINGS = "benchmarks.floor.settings"


@dataclass
class Site:
    """A running site: where it listens, and the processes it consists of by name."""

    var: Path
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    roots: dict[int, str] = field(default_factory=dict)

    def manage(self, *arguments: str) -> str:
        """Run a management command and give what it prints."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments[:2])} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, program: str, **names: Any) -> Any:
        """What a short program prints as JSON, run in the project's shell."""
        given = f"import json\ngiven = json.loads({json.dumps(names)!r})\n"
        return json.loads(self.manage("shell", "--no-imports", "-v", "0", "-c", given + program))

    def ready(self) -> bool:
        """The worker is there and all of its runner's profiles are warm."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            state = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        runner = state["runner"]
        return isinstance(runner, dict) and all(p["ready"] for p in runner["profiles"].values())

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-2000:]}" for path in self.var.glob("*.log"))


def wait_for(what: str, condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if condition():
                return
        time.sleep(0.1)
    raise RuntimeError(f"not within {seconds} s: {what}")


@contextlib.contextmanager
def running(kind: str, workers: int | None = None, settings: dict[str, str] | None = None) -> Iterator[Site]:
    """A whole site; `kind` is services or embedded, `workers` the number of the worker's processes."""
    with contextlib.ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stride-bench-")))
        more, roots = stack.enter_context(services()) if kind == "services" else ({}, {})
        site = Site(var, _environment(var, {**more, **(settings or {})}), roots=roots)
        site.manage("migrate", "--verbosity", "0")
        site.manage("collectstatic", "--no-input", "--verbosity", "0")
        stack.enter_context(_process(site, "web", web_command("127.0.0.1", site.port)))
        worker = stack.enter_context(_process(site, "worker", worker_command(workers)))
        try:
            wait_for("web, worker and runner", site.ready)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{site.logs()}") from None
        runner = child_running(worker.pid, "grader.engine.runner")
        assert runner is not None
        site.roots[runner] = "runner"
        yield site


def _environment(var: Path, more: dict[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STRIDE_", "DATABASE_", "CELERY_", "CACHE_"))
    }
    new = {"STRIDE_VAR": str(var), "DJANGO_SETTINGS_MODULE": SETTINGS, "STRIDE_LOG_LEVEL": "INFO"}
    return {**kept, **new, **more}


@contextlib.contextmanager
def _process(site: Site, name: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (site.var / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=site.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    site.roots[process.pid] = name
    try:
        yield process
    finally:
        end(process)


def end(process: "subprocess.Popen[bytes]", number: int = signal.SIGTERM) -> None:
    process.send_signal(number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# PostgreSQL and Redis


def missing_services() -> str:
    """What `services` needs and this machine lacks; empty when nothing."""
    needed = {"PostgreSQL": _postgres_programs(), "Redis": shutil.which("redis-server")}
    return " and ".join(name for name, found in needed.items() if not found)


def _postgres_programs() -> Path | None:
    """Where Debian, or whoever, keeps PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    initdb = shutil.which("initdb")
    return found[-1] if found else Path(initdb).resolve().parent if initdb else None


@contextlib.contextmanager
def services() -> Iterator[tuple[dict[str, str], dict[int, str]]]:
    """Both servers on free ports: settings for the site, and their processes by name."""
    with _postgres() as (address, database), _redis() as (url, broker):
        yield {"DATABASE_URL": address, "CELERY_BROKER_URL": url}, {database: "postgres", broker: "redis"}


@contextlib.contextmanager
def _redis() -> Iterator[tuple[str, int]]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")
    try:
        ping = ["redis-cli", "-p", str(port), "ping"]
        wait_for("redis", lambda: subprocess.run(ping, capture_output=True, check=False).stdout == b"PONG\n")
        yield f"redis://127.0.0.1:{port}/0", process.pid
    finally:
        end(process)


@contextlib.contextmanager
def _postgres() -> Iterator[tuple[str, int]]:
    programs, port = _postgres_programs(), free_port()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="stride-pg-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        prefix = _as_nobody(Path(folder), data)
        initdb = [*prefix, programs / "initdb", "-D", data, "-U", "stride", "-A", "trust", "-E", "UTF8"]
        subprocess.run(initdb, check=True, capture_output=True, cwd="/")
        command = [*prefix, str(programs / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1",
                   "-k", ""]  # fmt: skip
        server = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL)
        try:
            ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
            wait_for("postgres", lambda: subprocess.run(ready, cwd="/", check=False).returncode == 0)
            yield f"postgres://stride@127.0.0.1:{port}/postgres", server.pid
        finally:
            end(server, signal.SIGINT)


def _as_nobody(folder: Path, data: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return []
    folder.chmod(0o755)
    os.chown(data, 65534, 65534)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
