"""What this machine offers for grading, in words: `python -m grader.engine.doctor`."""

import argparse
import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass
from typing import Any

from grader.engine.client import Engine
from grader.engine.errors import EngineUnavailable
from grader.engine.sandbox import features, nvml
from grader.engine.sandbox.plan import REFUSED, Plan

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
    lines += _gpu_lines(plan)
    return Diagnosis(plan.tier, _MEANING[plan.tier], tuple(lines))


def _gpu_lines(plan: Plan) -> list[Line]:
    """The GPUs with their driver, and what else the cuda profile needs; or the one reason for its absence."""
    found = nvml.ask()
    if found.problem:
        hint = "Exercises that use a GPU need one; docs/gpu.md says how it is given to the runner."
        return [Line("GPU", False, False, found.problem, hint)]
    gpus = ", ".join(f"{gpu.name} ({gpu.memory_mb:,} MB, {gpu.node})" for gpu in found.gpus)
    problem = features.own_proc_problem() if plan.namespaces else "no namespaces"
    masked = "In a container /proc must not be masked: systempaths=unconfined, and GPUs given by CDI."
    groups = "" if plan.cgroups else "no writable control group"
    build = _version("torch")
    return [
        Line("GPU", True, False, f"{gpus}; driver {found.driver}", ""),
        Line("GPU sandbox", not problem, False, problem, masked),
        Line("GPU memory bound", not groups, False, groups, "The cuda profile needs control groups."),
        Line("PyTorch for CUDA", "+cpu" not in build and build != "", False, build, _CUDA_BUILD),
    ]


_CUDA_BUILD = "This PyTorch is built for the CPU; install the build for your CUDA version from pytorch.org."


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _library(name: str, required: bool, hint: str) -> Line:
    version = _version(name)
    return Line(name, bool(version), required, version or "not installed", hint)


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
        print(f"  {name}: {profile['unavailable'] or ('ready' if profile['ready'] else 'warming up')}")
        for gpu in profile.get("gpus", ()):
            print(f"    {_gpu_text(gpu)}")
    return 0 if any(profile["ready"] for profile in status["profiles"].values()) else 1


def _gpu_text(gpu: dict[str, Any]) -> str:
    state = gpu["problem"] or ("in use" if gpu["busy"] else "free")
    return f"{gpu['node']} {gpu['name']}: {state}, {gpu['used_mb']:,} of {gpu['memory_mb']:,} MB used"


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
