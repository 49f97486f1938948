"""How long the shipped bank takes to be read, loaded, loaded again and checked. Run: ./dev bench bank

Each step is a process of its own, as an operator starts it, so Python and Django are in it; the first row
shows what these take alone.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time

from benchmarks.servers import ROOT

ROUNDS = 3
STEPS = {
    "Django alone": ["check"],
    "load into an empty database": ["loadbank"],
    "load again": ["loadbank"],
    "load again, dry run": ["loadbank", "--dry-run"],
    "check every rule": ["checkbank"],
}


def run(command: list[str], var: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    environment = {**os.environ, "STRIDE_VAR": var}
    subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    took = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as var:
            run(["migrate", "-v0"], var)
            for name, command in STEPS.items():
                best[name] = min(best.get(name, (9e9, 9e9)), run(command, var))
    print(f"best of {ROUNDS:<22}{'seconds':>9}{'processor s':>13}")
    for name, (took, processor) in best.items():
        print(f"{name:<30}{took:9.2f}{processor:13.2f}")


if __name__ == "__main__":
    main()
