"""Pages a second, against Django's own asynchronous handler and against an empty view, in the same run.

The site serves pages as WSGI in a thread pool inside one ASGI process (config/asgi.py). Run: ./dev bench web
"""

import os
import subprocess
import sys
import tempfile

from benchmarks.servers import ROOT, load, web_server

EMPTY, PAGES = "/healthz", ["/topics/", "/questions/output-size-56-stride-2/", "/exercises/conv2d-batch/"]


def prepare(environment: dict[str, str]) -> None:
    for command in (["migrate", "-v0"], ["loadbank", "-v0"], ["collectstatic", "--no-input", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env={**os.environ, **environment}, check=True
        )


def main() -> None:
    with tempfile.TemporaryDirectory() as var:
        environment = {"STRIDE_VAR": var, "DJANGO_SETTINGS_MODULE": "config.settings"}
        prepare(environment)
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


if __name__ == "__main__":
    main()
