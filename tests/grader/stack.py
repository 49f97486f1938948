"""A whole site of its own for a test: web, worker, runner, database and broker, in a temporary folder.

`embedded()` is the default of `./dev serve` (SQLite and the file-system broker); `services()` starts
PostgreSQL and Redis from the system's packages on free ports. Everything runs as it would in production.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.grader.services import (
    Broker,
    Database,
    FolderBroker,
    SqliteFile,
    end_group,
    postgres,
    redis,
    wait_for,
)
from tests.site import free_port

ROOT = Path(__file__).resolve().parents[2]
SMALL_DISK = "64m"
PEOPLE = """
import json
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from rest_framework.authtoken.models import Token
from accounts.models import User
def keys(number):
    user = User.objects.create_user(f"learner{number}", email=f"learner{number}@example.org")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return {"token": Token.objects.create(user=user).key, "session": session.session_key}
print(json.dumps([keys(number) for number in range(20)]))
"""
Keys = dict[str, str]  # a learner's token and session


@dataclass
class Stack:
    """The running processes and a learner's keys."""

    var: Path
    environment: dict[str, str]
    broker: Broker
    database: Database
    web: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    people: list[Keys] = field(default_factory=list)
    root: Path = ROOT  # the checkout that it runs from
    disk_is_small: bool = False  # `var` is a file system of its own that a test may fill
    port: int = field(default_factory=free_port)

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
                [sys.executable, "-m", *arguments], cwd=self.root, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def start(self) -> None:
        """Web server and worker at the same time."""
        self._start_web()
        self._start_worker()
        self._wait_for_worker()

    def start_web(self) -> None:
        self._start_web()
        wait_for("web", lambda: self.ask("GET", "/healthz")[0] == 200)

    def start_worker(self) -> None:
        self._start_worker()
        self._wait_for_worker()

    def _start_web(self) -> None:
        (self.var / "static").mkdir(exist_ok=True)
        self.web = self._start(
            "web", "uvicorn", "config.asgi:application", "--port", str(self.port), "--log-level", "warning",
            "--timeout-graceful-shutdown", "2",
        )  # fmt: skip

    def _start_worker(self) -> None:
        self.worker = self._start(
            "worker", "celery", "-A", "config", "worker", "--concurrency", "2", "--queues", "cpu",
            "--loglevel", "INFO", "--without-gossip", "--without-mingle",
        )  # fmt: skip

    def _wait_for_worker(self) -> None:
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

    def api(self, method: str, path: str, body: Any = None, person: int = 0) -> tuple[int, Any]:
        token = self.people[person]["token"]
        status, text = self.ask(method, f"/api/v1{path}", body, Authorization=f"Token {token}")
        return status, json.loads(text)

    def submit(self, source: str, exercise: str, kind: str = "submit", person: int = 0) -> str:
        body = {"exercise": exercise, "source": source, "kind": kind}
        status, data = self.api("POST", "/submissions/", body, person)
        assert status == 201, data
        return str(data["id"])

    def submission(self, pk: str, person: int = 0) -> dict[str, Any]:
        return dict(self.api("GET", f"/submissions/{pk}/", person=person)[1])

    def events(self, pk: str, person: int = 0) -> list[dict[str, Any]]:
        return list(self.api("GET", f"/submissions/{pk}/events/", person=person)[1])

    def wait_for_state(self, pk: str, state: str, seconds: float = 60, person: int = 0) -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            found = self.submission(pk, person)
            return found if found["state"] == state else None

        try:
            return dict(wait_for(f"{state}: {pk}", reached, seconds))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.events(pk, person)}\n{self.logs()}") from None

    def stream(self, pk: str, person: int = 0, **headers: str) -> str:
        """All of a submission's server-sent events, up to the end of the stream."""
        cookie = {"Cookie": f"sessionid={self.people[person]['session']}"}
        status, text = self.ask("GET", f"/submissions/{pk}/events", **cookie, **headers)
        return text if status == 200 else str(status)


def environment_in(var: Path, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("STRIDE_", "DATABASE", "CELERY"))
    }
    new = {"STRIDE_VAR": str(var), "STRIDE_LEASE_SECONDS": "6", "STRIDE_SWEEP_SECONDS": "1",
            "STRIDE_MAX_IN_FLIGHT": "20", "STRIDE_RUNNER_PROFILES": "numpy"}  # fmt: skip
    return {**kept, **new, **more}


@contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    try:
        stack.people = json.loads(stack.manage("shell", "--no-imports", "-v", "0", "-c", PEOPLE).stdout)
        stack.start()
        yield stack
    finally:
        stack.close()


@contextmanager
def var_folder() -> Iterator[tuple[Path, bool]]:
    """A folder for one site, and whether it is a small file system of its own, which only root can have."""
    with tempfile.TemporaryDirectory(prefix="stride-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", folder]
        small = os.getuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
        try:
            yield Path(folder), small
        finally:
            if small:
                subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def embedded(root: Path = ROOT, **settings: str) -> Iterator[Stack]:
    """SQLite and the file-system broker."""
    with var_folder() as (var, small):
        environment = environment_in(var, **settings)
        with running(
            Stack(var, environment, FolderBroker(var), SqliteFile(var), root=root, disk_is_small=small)
        ) as stack:
            yield stack


@contextmanager
def services(root: Path = ROOT, **settings: str) -> Iterator[Stack]:
    """PostgreSQL and Redis."""
    with var_folder() as (var, small), postgres() as database, redis() as broker:
        addresses = {"DATABASE_URL": database.url, "CELERY_BROKER_URL": broker.url}
        environment = environment_in(var, **addresses, **settings)
        with running(Stack(var, environment, broker, database, root=root, disk_is_small=small)) as stack:
            yield stack
