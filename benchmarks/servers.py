"""Start a web server of the site on a free port, and load it with keep-alive connections on loopback."""

import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def web_server(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Run uvicorn with one process; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment})
    try:
        for _ in range(300):
            with contextlib.suppress(urllib.error.HTTPError):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
                    break
                except (ConnectionError, urllib.error.URLError):
                    time.sleep(0.05)
                    continue
            break
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


async def _client(port: int, path: str, count: int, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n".encode()
    for _ in range(count):
        begun = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{path}: {head.splitlines()[0].decode()}")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append(time.perf_counter() - begun)
    writer.close()


def load(port: int, path: str, connections: int = 8, count: int = 60) -> dict[str, float]:
    """Requests per second, median and 99th percentile in ms over `connections * count` requests."""
    times: list[float] = []

    async def run() -> float:
        begun = time.perf_counter()
        await asyncio.gather(*(_client(port, path, count, times) for _ in range(connections)))
        return time.perf_counter() - begun

    seconds = asyncio.run(run())
    times.sort()
    return {
        "per_second": len(times) / seconds,
        "median_ms": statistics.median(times) * 1000,
        "p99_ms": times[int(len(times) * 0.99)] * 1000,
    }
