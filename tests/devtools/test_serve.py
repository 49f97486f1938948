"""`./dev serve`: what an operator sees."""

import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.site import ROOT, free_port, running_site, start, stop, wait_ready


def processes_using(var: Path) -> list[str]:
    """Command lines of living processes that were started with this STRIDE_VAR."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"STRIDE_VAR={var}".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def fetch(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.slow
@pytest.mark.sandbox
def test_start_stop_and_second_start_keep_all_data(tmp_path):
    with running_site(tmp_path) as site:
        assert set(site.accounts) == {"instructor", "learner"}
        assert [fetch(site.url + path) for path in ("/", "/healthz", "/readyz")] == [200, 200, 200]
        secret = (tmp_path / "secret_key").read_text()
    assert "Stride has ended." in site.output
    assert processes_using(tmp_path) == []

    with running_site(tmp_path) as again:
        assert again.accounts == {}, "the logins are made and shown once"
        assert (tmp_path / "secret_key").read_text() == secret
    assert processes_using(tmp_path) == []


@pytest.mark.slow
@pytest.mark.sandbox
def test_when_a_part_dies_the_rest_is_ended_and_named(tmp_path):
    site = wait_ready(start(tmp_path, free_port()))
    try:
        worker = next(
            int(entry.name)
            for entry in Path("/proc").glob("[0-9]*")
            if b"uvicorn" in (entry / "cmdline").read_bytes()
            and f"STRIDE_VAR={tmp_path}".encode() in (entry / "environ").read_bytes()
        )
        os.kill(worker, signal.SIGKILL)
        assert site.process.wait(20) == 1
    finally:
        stop(site)
    assert "the web ended" in site.output
    assert processes_using(tmp_path) == []


def test_port_in_use_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        site = start(tmp_path, port)
        assert stop_when_done(site) == 1
    assert site.output == f"dev serve: port {port} is in use; choose another: ./dev serve --port {port + 1}\n"


def stop_when_done(site) -> int:
    site.output = site.process.communicate(timeout=60)[0]
    return site.process.returncode


@pytest.mark.parametrize("port", ["0", "70000"])
def test_impossible_port_is_refused(tmp_path, port):
    site = start(tmp_path, int(port))
    assert stop_when_done(site) == 2
    assert "a port is a number from 1 to 65535" in site.output


def dev(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(ROOT / "dev"), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_unknown_command_shows_the_usage():
    result = dev("serv")
    assert result.returncode == 2
    assert "no such command: serv" in result.stderr
    assert "usage: ./dev" in result.stderr


@pytest.fixture
def empty_checkout(tmp_path) -> Path:
    """A folder with the `dev` script and no `.venv`."""
    for name in ("dev", "requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def fake_python(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def run_in(folder: Path, bin_folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{bin_folder}:/usr/bin:/bin", "PYTHON": str(bin_folder / "python3")}
    return subprocess.run(["sh", "dev", "serve"], cwd=folder, env=environment, capture_output=True, text=True)


def test_missing_venv_module_says_what_to_install(empty_checkout):
    folder = empty_checkout / "bin"
    folder.mkdir()
    fake_python(folder, "python3", 'case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')
    result = run_in(empty_checkout, folder)
    assert result.returncode == 2
    assert result.stderr == (
        "dev: Python's venv module is missing; on Debian or Ubuntu: sudo apt install python3-venv\n"
    )


def test_old_python_is_named(empty_checkout):
    folder = empty_checkout / "bin"
    folder.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        fake_python(folder, name, '[ "$1" = -V ] && echo "Python 3.9.2"; [ "$1" = -V ]')
    result = run_in(empty_checkout, folder)
    assert result.returncode == 2
    assert "Python 3.11 or later is needed (found Python 3.9.2)" in result.stderr


@pytest.mark.parametrize(
    ("installed", "command"),
    [
        ("run", "serve"),
        ("dev", "serve"),
        ("dev", "serve --no-torch"),
        ("run", "serve --no-torch"),
        ("dev", "check"),
    ],
)
def test_an_environment_that_holds_more_is_not_installed_again(empty_checkout, installed, command):
    folder = empty_checkout / ".venv" / "bin"
    folder.mkdir(parents=True)
    fake_python(folder, "python", 'echo "ran: $*"')
    requirements = b"".join(
        (empty_checkout / f"requirements{kind}.txt").read_bytes() for kind in ("", "-dev")
    )
    checksum = subprocess.run(["cksum"], input=requirements, capture_output=True, check=True).stdout.decode()
    (empty_checkout / ".venv" / "stride-installed").write_text(f"{installed} {checksum}")
    result = subprocess.run(
        ["sh", "dev", *command.split()], cwd=empty_checkout, capture_output=True, text=True
    )
    assert result.stdout.startswith(f"ran: -m devtools.{command.split()[0]}"), result.stdout + result.stderr
