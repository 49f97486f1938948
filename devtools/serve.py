"""Start the whole site on one machine: database, question bank, web server, Celery worker and its runner.

Every process is a child of this one in a session of its own, so that Ctrl-C in the terminal reaches only this
process, which then ends the others in order.
"""

import argparse
import errno
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 10


class Problem(Exception):
    """Something that the operator can mend; its text is the one line that is shown."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev serve", description="Start Stride on this machine.")
    parser.add_argument("--port", type=int, default=8000, help="default 8000")
    parser.add_argument("--host", default="127.0.0.1", help="default 127.0.0.1: this machine only")
    parser.add_argument("--no-torch", action="store_true", help="do without PyTorch")
    options = parser.parse_args()
    if not 1 <= options.port <= 65535:
        parser.error(f"--port {options.port}: a port is a number from 1 to 65535")
    return options


def claim_port(host: str, port: int) -> None:
    """Fail early, with one line, when the address can't be used."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Problem(f"port {port} is in use; choose another: ./dev serve --port {port + 1}") from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise Problem(f"port {port} needs more rights; choose one above 1023") from None
        raise Problem(f"cannot listen on {host}:{port}: {error.strerror}") from None


def environment(host: str, no_torch: bool) -> None:
    """Set what the child processes inherit; what the operator has set stays."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if host not in ("127.0.0.1", "localhost"):
        os.environ.setdefault(
            "ALLOWED_HOSTS", "*" if host in ("0.0.0.0", "::") else f"{host},localhost,127.0.0.1"
        )
    if no_torch or importlib.util.find_spec("torch") is None:
        os.environ["STRIDE_RUNNER_PROFILES"] = "numpy"


def prepare() -> list[dict[str, str]]:
    """Migrate, load the bank, collect static files; gives the accounts made at the first run."""
    import django
    from django.core.management import CommandError, call_command

    django.setup()
    step("database")
    call_command("migrate", verbosity=0)
    step("question bank")
    try:
        call_command("loadbank", verbosity=0)
    except CommandError as error:  # the bank as it was stays; the site is worth starting
        print(f"    not loaded:\n{error}", flush=True)
    collect_static()
    from accounts.setup import make_first_accounts

    return make_first_accounts()


def collect_static() -> None:
    """Collect static files unless the bundle and the packages are those of the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp_file = Path(settings.VAR_DIR) / "static.stamp"
    sources = [ROOT / "frontend" / "dist" / "build.json", ROOT / "requirements.txt"]
    stamp = json.dumps([[str(path), path.stat().st_mtime_ns] for path in sources if path.exists()])
    if stamp_file.exists() and stamp_file.read_text() == stamp and Path(settings.STATIC_ROOT).exists():
        return
    step("static files")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp_file.write_text(stamp)


def step(what: str) -> None:
    print(f"  {what} ...", flush=True)


class Processes:
    """The children, ended in reverse order of their start."""

    def __init__(self, log_folder: Path) -> None:
        self.log_folder = log_folder
        self.children: list[tuple[str, subprocess.Popen[bytes]]] = []
        log_folder.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: list[str]) -> None:
        with (self.log_folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self.children.append((name, child))

    def check(self) -> None:
        """Raise when a child has ended by itself."""
        for name, child in self.children:
            if child.poll() is not None:
                raise Problem(
                    f"the {name} ended (status {child.returncode}); see {self.log_folder / name}.log"
                )

    def stop(self) -> None:
        for _, child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        for _, child in reversed(self.children):
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def worker_command(concurrency: int | None = None) -> list[str]:
    """The worker; as many processes as there are cores, from 2 to 8."""
    concurrency = concurrency or max(2, min(8, os.cpu_count() or 2))
    return [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "prefork",
            "--concurrency", str(concurrency), "--queues", _queues(),
            "--loglevel", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip


def _queues() -> str:
    """What the worker takes from: the GPU's queue too where the runner is to have that profile."""
    profiles = os.environ.get("STRIDE_RUNNER_PROFILES", "").split(",")
    return "cpu,gpu" if "cuda" in profiles else "cpu"


def web_command(host: str, port: int) -> list[str]:
    return [sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port),
            "--log-level", "warning", "--timeout-graceful-shutdown", "3"]  # fmt: skip


def start_all(processes: Processes, host: str, port: int) -> None:
    processes.start("worker", worker_command())
    processes.start("web", web_command(host, port))


def wait_until_ready(processes: Processes, port: int, host: str) -> None:
    """Wait until the web server answers and says that a worker and its runner do."""
    target = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    target = f"[{target}]" if ":" in target else target
    end = time.monotonic() + START_SECONDS
    answer = "no answer"
    while time.monotonic() < end:
        processes.check()
        try:
            with urllib.request.urlopen(f"http://{target}:{port}/readyz", timeout=5) as response:
                if response.status == 200:
                    return
        except urllib.error.HTTPError as error:
            answer = error.read(500).decode(errors="replace")
        except OSError as error:
            answer = str(error)
        time.sleep(0.1)
    raise Problem(f"not ready after {START_SECONDS} s ({answer}); see {processes.log_folder}")


def announce(host: str, port: int, accounts: list[dict[str, str]], seconds: float) -> None:
    shown = "localhost" if host in ("127.0.0.1", "0.0.0.0", "::") else host
    print(f"\nStride is ready after {seconds:.1f} s: http://{shown}:{port}/")
    if accounts:
        print("\nAccounts made at this first start (the passwords are shown only now):")
        for account in accounts:
            print(f"  {account['role']:<12}{account['username']:<12}{account['password']}")
    print("\nCtrl-C ends it.", flush=True)


def serve(options: argparse.Namespace) -> None:
    begun = time.monotonic()
    claim_port(options.host, options.port)
    environment(options.host, options.no_torch)
    print("Starting Stride", flush=True)
    accounts = prepare()
    from django.conf import settings

    processes = Processes(Path(settings.VAR_DIR) / "log")
    try:
        step("web server, worker and runner")
        start_all(processes, options.host, options.port)
        wait_until_ready(processes, options.port, options.host)
        announce(options.host, options.port, accounts, time.monotonic() - begun)
        while True:
            time.sleep(0.5)
            processes.check()
    finally:
        processes.stop()


def stop_quietly(signum: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, stop_quietly)
    signal.signal(signal.SIGHUP, stop_quietly)
    try:
        serve(arguments())
    except KeyboardInterrupt:
        print("\nStride has ended.")
        return 0
    except Problem as problem:
        print(f"dev serve: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
