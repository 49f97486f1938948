"""What this machine offers for grading, in words: `python -m grader.engine.doctor`."""

import argparse
import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass

from grader.engine.client import Engine
from grader.engine.errors import EngineUnavailable
from grader.engine.sandbox import features
from grader.engine.sandbox.plan import REFUSED

_MEANING = {
    "full": "every part of the sandbox is in place",
    "reduced": "submissions are isolated; some second fences are missing",
    "unsafe": "STRIDE_SANDBOX=unsafe: submissions are NOT isolated from this machine",
    "refused": "submissions are not graded on this machine",
}


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    name: str
    found: bool
    required: bool
    detail: str
    hint: str


@dataclass(frozen=True)
class Diagnosis:
    """All of it, and what follows: the tier and its meaning."""

    tier: str
    meaning: str
    lines: tuple[Line, ...]

    @property
    def can_grade(self) -> bool:
        return self.tier != REFUSED


def diagnose() -> Diagnosis:
    """Try every feature; takes some tens of milliseconds and changes nothing."""
    found = features.examine()
    plan = features.plan(found, unsafe=os.environ.get("STRIDE_SANDBOX") == "unsafe")
    lines = [Line(item.name, item.found, item.required, item.detail, item.hint) for item in found]
    lines += [
        _library("numpy", True, "Install the requirements: pip install -r requirements.txt"),
        _library("torch", False, "Exercises in PyTorch need it: pip install -r requirements.txt"),
    ]
    return Diagnosis(plan.tier, _MEANING[plan.tier], tuple(lines))


def _library(name: str, required: bool, hint: str) -> Line:
    try:
        return Line(name, True, required, importlib.metadata.version(name), hint)
    except importlib.metadata.PackageNotFoundError:
        return Line(name, False, required, "not installed", hint)


def main(arguments: list[str] | None = None) -> int:
    """Print the diagnosis, or with `--socket PATH` the state of the runner there; 0 when it can grade."""
    parser = argparse.ArgumentParser(prog="python -m grader.engine.doctor", description=__doc__)
    parser.add_argument(
        "--socket", help="ask the runner that listens there instead of examining this machine"
    )
    options = parser.parse_args(arguments or [])
    return _ask_runner(options.socket) if options.socket else _print_diagnosis()


def _ask_runner(path: str) -> int:
    try:
        status = Engine(path, wait_seconds=5).status()
    except EngineUnavailable as error:
        print(error)
        return 1
    print(f"sandbox tier: {status['tier']}, {status['busy']} of {status['jobs']} places in use")
    for name, profile in status["profiles"].items():
        print(f"  {name}: {'ready' if profile['ready'] else profile['unavailable'] or 'warming up'}")
    return 0 if any(profile["ready"] for profile in status["profiles"].values()) else 1


def _print_diagnosis() -> int:
    diagnosis = diagnose()
    print(f"{platform.system()} {platform.release()}, {platform.machine()}, user id {os.getuid()}")
    for line in diagnosis.lines:
        need = "" if line.found else " (required)" if line.required else " (optional)"
        print(f"  {'found  ' if line.found else 'MISSING'} {line.name}{need}{_note(line)}")
        if not line.found:
            print(f"          {line.hint}")
    print(f"sandbox tier: {diagnosis.tier}: {diagnosis.meaning}")
    return 0 if diagnosis.can_grade else 1


def _note(line: Line) -> str:
    return f": {line.detail}" if line.detail else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
