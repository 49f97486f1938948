"""On which device a submission is judged: a GPU where the exercise has cases for one and a runner has one."""

from collections.abc import Iterable
from typing import Any

from exercises.catalogue import Exercise
from exercises.dsl import Case
from grader.engine import Engine

CPU, GPU = "cpu", "cuda"
NO_GPU_WORKER = "no GPU worker"


def where(exercise: Exercise, cases: Iterable[Case], engine: Engine) -> str:
    """The device for these cases at this runner. Raises EngineUnavailable when none answers.

    An exercise that has cases for a GPU only is sent there in any case: the runner says what is missing.
    """
    if CPU not in exercise.devices:
        return GPU
    return GPU if needs_gpu(cases) and offers_gpu(engine.status()) else CPU


def needs_gpu(cases: Iterable[Case]) -> bool:
    """Whether any of these cases is for a GPU."""
    return any(case.device == GPU for case in cases)


def offers_gpu(status: dict[str, Any]) -> bool:
    """Whether a runner with this status has a GPU in service, warm or warming up."""
    profile = status.get("profiles", {}).get(GPU)
    return profile is not None and not profile["unavailable"]


def profile_for(exercise: Exercise, device: str, source: str) -> str:
    """The engine's profile that has this device, and the framework that the source uses."""
    return GPU if device == GPU else exercise.profile_for(source)


def runs(case: Case, device: str) -> bool:
    """Whether a session on this device can run the case; one on a GPU has a CPU as well."""
    return case.device in (CPU, device)
