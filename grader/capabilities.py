"""What this installation can grade."""

from django.conf import settings

from exercises import catalogue, frameworks
from grader import beats, devices

CPU_QUEUE, GPU_QUEUE = "cpu", "gpu"
PROFILE_NAMES = {"numpy": "NumPy", "torch": "PyTorch", "cuda": "a GPU"}


def available_profiles() -> set[str]:
    """The profiles that the runners of live workers offer; what is configured while none has answered yet."""
    statuses = [beat.runner for beat in beats.live() if beat.runner]
    if not statuses:
        return set(settings.RUNNER_PROFILES)
    return {
        name
        for status in statuses
        for name, profile in status["profiles"].items()
        if not profile["unavailable"]
    }


def gpu_is_served() -> bool:
    """Whether a live worker takes submissions from the GPU queue and its runner has a GPU in service."""
    return any(
        beat.runner is not None and GPU_QUEUE in beat.queues and devices.offers_gpu(beat.runner)
        for beat in beats.live()
    )


def queue_for(exercise: catalogue.Exercise, source: str, *, visible_only: bool = False) -> str:
    """The queue whose workers have what this answer's cases need, as far as any do."""
    if devices.GPU not in exercise.devices:
        return CPU_QUEUE
    if devices.CPU not in exercise.devices:
        return GPU_QUEUE
    cases = exercise.cases_for(source, visible_only=visible_only)
    return GPU_QUEUE if devices.needs_gpu(cases) and gpu_is_served() else CPU_QUEUE


def gpu_cases(exercise: catalogue.Exercise) -> int:
    """How many cases of the exercise need a GPU."""
    return sum(case.device == devices.GPU for case in exercise.cases)


def missing_for(exercise: catalogue.Exercise, source: str | None = None) -> str:
    """Why the exercise, or this answer to it, can't be graded here; empty when it can."""
    available = available_profiles()
    possible = {name: frameworks.profile(exercise, name) for name in exercise.frameworks}
    here = [PROFILE_NAMES[name] for name, profile in possible.items() if profile in available]
    if here and (source is None or exercise.profile_for(source) in available):
        return ""
    if here:
        missing = PROFILE_NAMES[frameworks.used(exercise, str(source))]
        return f"This answer uses {missing}, which this installation does not have. Write it with {here[0]}."
    needed = PROFILE_NAMES[exercise.profile if len(possible) == 1 else exercise.frameworks[0]]
    return (
        f"This exercise needs {needed}, which this installation does not have. "
        "You can read it and write your solution; ask whoever runs the site to add it."
    )
