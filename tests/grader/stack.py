"""A whole site of its own for a test: web, worker, runner, database and broker, in a temporary folder.

`embedded()` is the default of `./dev serve` (SQLite and the file-system broker); `services()` starts
PostgreSQL and Redis from the system's packages on free ports. Everything runs as it would in production.
"""

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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.site import free_port

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = """
import json
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from rest_framework.authtoken.models import Token
from accounts.models import User
user = User.objects.create_user("learner", password="correct horse battery")
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(json.dumps({"token": Token.objects.create(user=user).key, "session": session.session_key}))
"""


def wait_for(what: str, condition: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true value of the condition; fails with `what` when none comes in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(OSError, http.client.HTTPException):
            if value := condition():
                return value
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds} s: {what}")


def end_group(process: subprocess.Popen[bytes], number: int = signal.SIGTERM) -> None:
    """Signal the process's whole group and wait for it."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Broker(Protocol):
    """What carries the hints, and how to break it for a while."""

    url: str

    def breakdown(self) -> None: ...

    def mend(self) -> None: ...


class FolderBroker:
    """The file-system broker; broken when its folder is gone."""

    url = "filesystem://"

    def __init__(self, var: Path) -> None:
        self.folder = var / "broker" / "messages"

    def breakdown(self) -> None:
        self.folder.rename(self.folder.with_name("away"))
        self.folder.write_text("not a folder")

    def mend(self) -> None:
        self.folder.unlink()
        self.folder.with_name("away").rename(self.folder)


class RedisBroker:
    """A redis-server of our own; broken when it was killed. What it held is lost then."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.mend()

    def mend(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True, cwd="/")
        ping = ["redis-cli", "-p", str(self.port), "ping"]
        wait_for(
            "redis", lambda: subprocess.run(ping, capture_output=True, check=False).stdout == b"PONG\n", 10
        )

    def breakdown(self) -> None:
        end_group(self.process, signal.SIGKILL)


@dataclass
class Stack:
    """The running processes and a learner's keys."""

    var: Path
    environment: dict[str, str]
    broker: Broker
    port: int = field(default_factory=free_port)
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    keys: dict[str, str] = field(default_factory=dict)

    # Processes

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.var / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start_web(self) -> None:
        (self.var / "static").mkdir(exist_ok=True)
        self.web = self._start(
            "web", "uvicorn", "config.asgi:application", "--port", str(self.port), "--log-level", "warning",
            "--timeout-graceful-shutdown", "2",
        )  # fmt: skip
        wait_for("web", lambda: self.ask("GET", "/healthz")[0] == 200)

    def start_worker(self) -> None:
        self.worker = self._start(
            "worker", "celery", "-A", "config", "worker", "--concurrency", "2", "--queues", "cpu",
            "--loglevel", "INFO", "--without-gossip", "--without-mingle",
        )  # fmt: skip
        try:
            wait_for("worker", lambda: self.ask("GET", "/readyz")[0] == 200)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from None

    def stop_worker(self) -> None:
        """As an operator does: it finishes what it has begun."""
        assert self.worker is not None
        self.worker.terminate()
        self.worker.wait(30)
        self.worker = None

    def kill_worker(self) -> None:
        """As the kernel does when memory runs out: all its processes at once."""
        assert self.worker is not None
        end_group(self.worker, signal.SIGKILL)
        self.worker = None

    def close(self) -> None:
        for process in (self.worker, self.web):
            if process is not None:
                end_group(process)

    def logs(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-5000:]}" for path in self.var.glob("*.log"))

    # The learner

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        status, text = self.ask(method, f"/api/v1{path}", body, Authorization=f"Token {self.keys['token']}")
        return status, json.loads(text)

    def submit(self, source: str, exercise: str, kind: str = "submit") -> str:
        status, data = self.api(
            "POST", "/submissions/", {"exercise": exercise, "source": source, "kind": kind}
        )
        assert status == 201, data
        return str(data["id"])

    def submission(self, pk: str) -> dict[str, Any]:
        return dict(self.api("GET", f"/submissions/{pk}/")[1])

    def events(self, pk: str) -> list[dict[str, Any]]:
        return list(self.api("GET", f"/submissions/{pk}/events/")[1])

    def wait_for_state(self, pk: str, state: str, seconds: float = 60) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            found = self.submission(pk)
            return found if found["state"] == state else None

        try:
            return dict(wait_for(f"{state}: {pk}", reached, seconds))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.events(pk)}\n{self.logs()}") from None

    def stream(self, pk: str, **headers: str) -> str:
        """All of a submission's server-sent events, up to the end of the stream."""
        cookie = {"Cookie": f"sessionid={self.keys['session']}"}
        status, text = self.ask("GET", f"/submissions/{pk}/events", **cookie, **headers)
        return text if status == 200 else str(status)


def _environment(var: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STRIDE_", "DATABASE", "CELERY"))
    }
    new = {"STRIDE_VAR": str(var), "STRIDE_LEASE_SECONDS": "6", "STRIDE_SWEEP_SECONDS": "1",
            "STRIDE_MAX_IN_FLIGHT": "20", "STRIDE_RUNNER_PROFILES": "numpy"}  # fmt: skip
    return {**kept, **new, **more}


@contextmanager
def _running(stack: Stack) -> Iterator[Stack]:
    try:
        stack.manage("migrate", "--verbosity", "0")
        stack.keys = json.loads(stack.manage("shell", "--no-imports", "-v", "0", "-c", PEOPLE).stdout)
        stack.start_web()
        stack.start_worker()
        yield stack
    finally:
        stack.close()


@contextmanager
def embedded() -> Iterator[Stack]:
    """SQLite and the file-system broker."""
    with tempfile.TemporaryDirectory(prefix="stride-") as folder:
        var = Path(folder)
        with _running(Stack(var, _environment(var), FolderBroker(var))) as stack:
            yield stack


@contextmanager
def services() -> Iterator[Stack]:
    """PostgreSQL and Redis."""
    with tempfile.TemporaryDirectory(prefix="stride-") as folder, postgres() as address:
        var, broker = Path(folder), RedisBroker()
        environment = _environment(var, DATABASE_URL=address, CELERY_BROKER_URL=broker.url)
        try:
            with _running(Stack(var, environment, broker)) as stack:
                yield stack
        finally:
            end_group(broker.process)


# PostgreSQL


def postgres_folder() -> Path | None:
    """Where Debian, or whoever, keeps PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def services_missing() -> str:
    """What is missing for `services()`; empty when nothing is."""
    needed = {"PostgreSQL": postgres_folder(), "Redis": shutil.which("redis-server")}
    return " and ".join(name for name, found in needed.items() if not found)


def _as_nobody() -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


@contextmanager
def postgres() -> Iterator[str]:
    """A server of our own; gives the address of its database."""
    programs = postgres_folder()
    assert programs is not None
    with tempfile.TemporaryDirectory(prefix="stride-pg-") as folder:
        data, port = Path(folder) / "data", free_port()
        data.mkdir()
        if os.getuid() == 0:
            Path(folder).chmod(0o755)
            os.chown(data, 65534, 65534)
        prefix = _as_nobody()
        options = {"check": True, "capture_output": True, "cwd": "/"}
        initdb = [
            *prefix,
            programs / "initdb",
            "-D",
            data,
            "-U",
            "stride",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run(initdb, **options)
        command = [*prefix, str(programs / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1",
                   "-k", "", "-F"]  # fmt: skip
        server = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-q"]
            wait_for("postgres", lambda: subprocess.run(ready, cwd="/", check=False).returncode == 0, 20)
            yield f"postgres://stride@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)
