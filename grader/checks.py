"""System checks: bad configuration is named at start, with what to do about it."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from exercises import catalogue

SOCKET_PATH_MAX = 107  # bytes that fit into the kernel's sun_path beside the closing NUL
LEAST = {"LEASE_SECONDS": 3, "MAX_ATTEMPTS": 1, "MAX_IN_FLIGHT": 1, "MAX_QUEUED": 1, "SWEEP_SECONDS": 1}
PROFILES = {"numpy", "torch", "cuda"}


@register
def check_socket_path(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    length = len(os.fsencode(settings.RUNNER_SOCKET))
    if length <= SOCKET_PATH_MAX:
        return []
    message = f"The runner's socket path has {length} bytes; a Unix socket takes at most {SOCKET_PATH_MAX}."
    hint = "Set STRIDE_RUNNER_SOCKET to a shorter path, such as /run/stride/runner.sock."
    return [Error(message, hint=hint, id="grader.E001")]


@register
def check_numbers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"STRIDE_{name} is {getattr(settings, name)}; at least {least} is needed.",
            hint=f"Set STRIDE_{name} to {least} or more, or leave it out.",
            id="grader.E002",
        )
        for name, least in LEAST.items()
        if getattr(settings, name) < least
    ]


@register
def check_profiles(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    profiles = set(settings.RUNNER_PROFILES)
    if profiles and profiles <= PROFILES:
        return []
    known = ", ".join(sorted(PROFILES))
    message = f"STRIDE_RUNNER_PROFILES names {', '.join(sorted(profiles)) or 'nothing'}."
    return [Error(message, hint=f"Name some of {known}, separated by commas.", id="grader.E003")]


@register
def check_catalogue(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        found = catalogue.load_all()
    except catalogue.ExerciseError as error:
        hint = "Mend the file, or remove the exercise's folder."
        return [Error(f"The exercises can't be read: {error}", hint=hint, id="grader.E004")]
    longest = max((exercise.limits.seconds for exercise in found), default=0)
    if longest <= settings.LEASE_SECONDS:
        return []
    message = f"The lease of {settings.LEASE_SECONDS} s is shorter than the longest exercise's {longest:g} s."
    hint = "Set STRIDE_LEASE_SECONDS higher, so that one missed renewal doesn't grade a submission twice."
    return [Warning(message, hint=hint, id="grader.W001")]
