"""Databases and brokers for a site under test, and how to take each of them away for a while."""

import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from tests.site import free_port


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


@contextmanager
def redis() -> Iterator[RedisBroker]:
    broker = RedisBroker()
    try:
        yield broker
    finally:
        end_group(broker.process)


class Database(Protocol):
    """What keeps the rows, and how to take it away for a while."""

    def away(self) -> AbstractContextManager[None]: ...


class SqliteFile:
    """The embedded database; away while somebody else holds its lock for writing."""

    def __init__(self, var: Path) -> None:
        self.path = var / "db.sqlite3"

    @contextmanager
    def away(self) -> Iterator[None]:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=20)
        try:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")
        finally:
            connection.close()


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


class PostgresServer:
    """A server of our own, on a free port."""

    def __init__(self, folder: Path) -> None:
        programs = postgres_folder()
        assert programs is not None
        self.programs, self.data, self.port = programs, folder / "data", free_port()
        self.url = f"postgres://stride@127.0.0.1:{self.port}/postgres"
        self._initialise()
        self.start()

    def _initialise(self) -> None:
        self.data.mkdir()
        if os.getuid() == 0:
            self.data.parent.chmod(0o755)
            os.chown(self.data, 65534, 65534)
        options = ["-D", self.data, "-U", "stride", "-A", "trust", "-E", "UTF8", "--no-sync"]
        command = [*_as_nobody(), self.programs / "initdb", *options]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        command = [*_as_nobody(), str(self.programs / "postgres"), "-D", str(self.data), "-p", str(self.port),
                   "-h", "127.0.0.1", "-k", "", "-F"]  # fmt: skip
        self.server = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, start_new_session=True)
        ready = [self.programs / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        try:
            wait_for("postgres", lambda: subprocess.run(ready, cwd="/", check=False).returncode == 0, 60)
        except AssertionError:
            self.stop(signal.SIGQUIT)
            raise

    def stop(self, number: int = signal.SIGINT) -> None:
        self.server.send_signal(number)
        self.server.wait(20)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Down, with all connections cut off as in a crash, and then up again."""
        self.stop(signal.SIGQUIT)
        try:
            yield
        finally:
            self.start()


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="stride-pg-") as folder:
        server = PostgresServer(Path(folder))
        try:
            yield server
        finally:
            server.stop()
