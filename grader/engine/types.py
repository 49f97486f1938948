"""The plain data that callers of the engine hand in and get back."""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

MEBIBYTE = 1024 * 1024
SOURCE_MAX_BYTES = 256 * 1024


@dataclass(frozen=True)
class Limits:
    """What one session may use. `seconds` is wall time spent waiting for the candidate, import included;
    `device_memory_mb` counts on a GPU only.
    """

    seconds: float = 10.0
    memory_mb: int = 512
    threads: int = 1
    device_memory_mb: int = 2048
    stdout_bytes: int = 65536
    result_bytes: int = 64 * MEBIBYTE

    def __post_init__(self) -> None:
        for name in ("seconds", "memory_mb", "threads", "device_memory_mb", "stdout_bytes", "result_bytes"):
            if not getattr(self, name) > 0:
                raise ValueError(f"Limits.{name} must be above 0, not {getattr(self, name)!r}")

    @property
    def stdout_hard_bytes(self) -> int:
        """Above `stdout_bytes` text is dropped; above this the session ends with `OutputLimit`."""
        return 16 * self.stdout_bytes

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


@dataclass(frozen=True)
class Usage:
    """What a whole session used. `tier` names the sandbox that it ran in."""

    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    tier: str


@dataclass(frozen=True)
class Loaded:
    """The public names that the candidate's module defines."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Gradients:
    """Ask for d(sum(seed * out)) / d(argument) of the arguments at the positions (or keywords) `of`."""

    of: tuple[int | str, ...]
    seed: np.ndarray | None = None


@dataclass(frozen=True)
class Reply:
    """What one call gave. `seconds` is taken on the trusted side, from first byte sent to last received."""

    value: Any
    stdout: str = ""
    seconds: float = 0.0
    inputs: tuple[Any, ...] | None = None
    gradients: tuple[Any, ...] | None = None
    keywords: dict[str, Any] = field(default_factory=dict)
