"""What this installation can grade."""

from django.conf import settings

from exercises import catalogue
from grader import beats

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


def missing_for(exercise: catalogue.Exercise) -> str:
    """Why the exercise can't be graded here; empty when it can."""
    if exercise.profile in available_profiles():
        return ""
    needed = PROFILE_NAMES.get(exercise.profile, exercise.profile)
    return (
        f"This exercise needs {needed}, which this installation does not have. "
        "You can read it and write your solution; ask whoever runs the site to add it."
    )
