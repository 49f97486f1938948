"""Run the test suite: on both of two cores, a file at a time, unless the arguments say otherwise."""

import os
import subprocess
import sys


def main() -> int:
    arguments = sys.argv[1:]
    parallel = (
        []
        if any(a.startswith(("-n", "-p", "--pdb", "-x")) for a in arguments)
        else ["-n", "2", "--dist", "loadfile"]
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.call([sys.executable, "-m", "pytest", *parallel, *arguments], env=environment)


if __name__ == "__main__":
    sys.exit(main())
