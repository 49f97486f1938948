"""What this machine offers: isolation features with the resulting tier, services, devices."""

import importlib.metadata
import platform
import shutil
import sys

from grader.engine import doctor

PROGRAMS = {
    "redis-server": "broker in production; tests of it",
    "postgres": "database in production; tests of it",
    "chromium": "browser tests",
    "node": "building the frontend (./dev check brings its own)",
}


def version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def find(program: str) -> str | None:
    debian_postgres = "/usr/lib/postgresql/17/bin:/usr/lib/postgresql/16/bin:/usr/lib/postgresql/15/bin"
    return shutil.which(program) or (
        shutil.which(program, path=debian_postgres) if program == "postgres" else None
    )


def main() -> int:
    print(f"Python {platform.python_version()}, {platform.platform()}")
    for package in ("numpy", "torch", "Django", "celery"):
        print(f"  {package:<14}{version(package)}")
    print("\nServices and devices")
    for program, purpose in PROGRAMS.items():
        print(f"  {program:<14}{find(program) or 'not found':<40}{purpose}")
    print()
    return doctor.main()


if __name__ == "__main__":
    sys.exit(main())
