"""The whole site as `./dev serve` starts it, in a folder of its own on a free port."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Site:
    """A running site; `accounts` maps a role to its (username, password) at the first start."""

    process: subprocess.Popen[str]
    port: int
    var: Path
    output: str = ""
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


def start(var: Path, port: int, *arguments: str, environment: dict[str, str] | None = None) -> Site:
    """Start the site; returns at once."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "devtools.serve", "--port", str(port), *arguments],
        cwd=ROOT, env={**os.environ, "STRIDE_VAR": str(var), **(environment or {})}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Site(process, port, var)


def wait_ready(site: Site, seconds: float = 120) -> Site:
    """Read the output up to the line that says how to end it."""
    assert site.process.stdout is not None
    pipe = site.process.stdout.fileno()  # not through Python's buffer, which select doesn't see
    end = time.monotonic() + seconds
    while "Ctrl-C ends it." not in site.output:
        if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
            raise AssertionError(f"not ready after {seconds} s:\n{site.output}")
        chunk = os.read(pipe, 65536)
        if not chunk:
            raise AssertionError(f"ended with status {site.process.wait()}:\n{site.output}")
        site.output += chunk.decode()
    for role, name, password in re.findall(
        r"^  (instructor|learner) +(\S+) +(\S+)$", site.output, re.MULTILINE
    ):
        site.accounts[role] = (name, password)
    return site


def stop(site: Site, number: int = signal.SIGINT) -> int:
    if site.process.poll() is None:
        site.process.send_signal(number)
    try:
        return site.process.wait(20)
    finally:
        assert site.process.stdout is not None
        site.output += site.process.stdout.read()
        site.process.stdout.close()


@contextmanager
def running_site(var: Path, *arguments: str) -> Iterator[Site]:
    site = start(var, free_port(), *arguments)
    try:
        yield wait_ready(site)
    finally:
        stop(site)
