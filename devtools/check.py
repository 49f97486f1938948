"""All checks that need no server: a name, a command, and whether it passed.

`./dev check [NAME ...]` runs all, or those named. `--deep` draws each variant question 10,000 times.
"""

import os
import subprocess
import sys
import tempfile
import time

PYTHON = sys.executable
CHECKS: dict[str, list[str]] = {
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "types": [PYTHON, "-m", "mypy"],
    "templates": [PYTHON, "-m", "djlint", "--quiet", "--lint", "frontend/templates"],
    "django": [PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "schema": [PYTHON, "manage.py", "spectacular", "--fail-on-warn", "--file", os.devnull],
    "bundle": [PYTHON, "frontend/build.py", "--check"],
    "figures": [PYTHON, "-m", "quizbank.figures", "--check"],
    "catalogue": [PYTHON, "-m", "exercises.validate", "--seeds", "20"],
    "bank": [PYTHON, "manage.py", "checkbank"],
}


def main() -> int:
    given = sys.argv[1:]
    for_bank = [name for name in given if name == "--deep"][:1]
    if os.environ.get("STRIDE_REQUIRE_ALL") == "1":
        for_bank.append("--need-node")
    wanted = [name for name in given if name != "--deep"] or list(CHECKS)
    unknown = [name for name in wanted if name not in CHECKS]
    if unknown:
        print(
            f"dev check: no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}", file=sys.stderr
        )
        return 2
    failed = []
    with tempfile.TemporaryDirectory() as var:  # the operator's own data stay untouched
        environment = {**os.environ, "STRIDE_VAR": var}
        for name in wanted:
            begun = time.monotonic()
            result = subprocess.run(
                [*CHECKS[name], *(for_bank if name == "bank" else [])],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            mark = "ok" if result.returncode == 0 else "FAILED"
            print(f"{name:<12}{mark:<8}{time.monotonic() - begun:6.1f} s", flush=True)
            if result.returncode or name in ("catalogue", "bank"):
                print(result.stdout.strip(), flush=True)
            if result.returncode:
                failed.append(name)
    print(f"{len(wanted) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
