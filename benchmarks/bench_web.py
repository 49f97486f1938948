"""Pages a second, against Django's own asynchronous handler and against an empty view, in the same run.

The site serves pages as WSGI in a thread pool inside one ASGI process (config/asgi.py). Then the time that
the server takes for one page, asked for one after another: the page of every question kind, of drawn numbers
and of a set, as a multiple of the empty view. Run: ./dev bench web
"""

import os
import subprocess
import sys
import tempfile

from benchmarks.servers import ROOT, load, web_server

EMPTY, PAGES = "/healthz", ["/topics/", "/questions/output-size-56-stride-2/", "/exercises/conv2d-batch/"]
ALONE = {
    "a number": "/questions/output-size-56-stride-2/",
    "drawn numbers": "/questions/conv-output-size-formula/",
    "a shape of code": "/questions/simplecnn-output-shape/",
    "single choice": "/questions/which-simplecnn-shape/",
    "multiple choice": "/questions/which-output-size-formula/",
    "true or false": "/questions/kernel-flip-cost/",
    "short text": "/questions/weight-sharing-by-name/",
    "ordering": "/questions/training-loop-parts/",
    "matching": "/questions/hand-made-kernels/",
    "open": "/questions/what-is-a-cnn/",
    "a topic": "/topics/convolution/",
    "practice": "/practice/",
    "a set": "/sets/fifty-question-bank/",
}


def prepare(environment: dict[str, str]) -> None:
    for command in (["migrate", "-v0"], ["loadbank", "-v0"], ["collectstatic", "--no-input", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env={**os.environ, **environment}, check=True
        )


def throughput(environment: dict[str, str]) -> None:
    rows = []
    for label, application in (
        ("WSGI in ASGI (ours)", "config.asgi:application"),
        ("Django's ASGI handler", "benchmarks.asynchronous:application"),
    ):
        with web_server(application, environment) as port:
            for path in [EMPTY, *PAGES]:
                load(port, path, count=10)
                rows.append((label, path, load(port, path)))
    floor = rows[0][2]["median_ms"]
    print(f"{'server':<24}{'page':<38}{'per s':>8}{'p50 ms':>9}{'p99 ms':>9}{'x empty':>9}")
    for label, path, figures in rows:
        print(
            f"{label:<24}{path:<38}{figures['per_second']:8.0f}{figures['median_ms']:9.1f}"
            f"{figures['p99_ms']:9.1f}{figures['median_ms'] / floor:9.2f}"
        )


def server_time(environment: dict[str, str]) -> None:
    """One request at a time; the empty view is measured before, between and after the pages."""
    empty, rows = [], []
    with web_server("config.asgi:application", environment) as port:
        for name, path in ALONE.items():
            empty.append(load(port, EMPTY, connections=1, count=60)["median_ms"])
            load(port, path, connections=1, count=10)
            rows.append((name, path, load(port, path, connections=1, count=60)))
    floor = sorted(empty)[len(empty) // 2]
    print(f"\n{'one at a time':<24}{'page':<46}{'p50 ms':>8}{'p99 ms':>9}{'x empty':>9}")
    print(f"{'nothing':<24}{EMPTY:<46}{floor:8.1f}{'':9}{1:9.1f}")
    for name, path, figures in rows:
        median = figures["median_ms"]
        print(f"{name:<24}{path:<46}{median:8.1f}{figures['p99_ms']:9.1f}{median / floor:9.1f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as var:
        environment = {"STRIDE_VAR": var, "DJANGO_SETTINGS_MODULE": "config.settings"}
        prepare(environment)
        throughput(environment)
        server_time(environment)


if __name__ == "__main__":
    main()
