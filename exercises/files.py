"""The files of an exercise's folder: what there is, when it changed, and its text."""

import os
from collections.abc import Iterator
from pathlib import Path

from exercises.metadata import ExerciseError

MAX_FILE_BYTES = 256 * 1024
HERE = (".md", ".py", ".toml")
BELOW = ("answers", "baselines", "mistakes")  # folders of sources

Stamp = tuple[str, int, int]  # name below the folder, time of the last change, size


def stamps(folder: Path) -> tuple[Stamp, ...]:
    """One stamp for each file that makes up an exercise, by name.

    Taken whenever an exercise is asked for, so that edits are seen: a scan is ten times as fast as globbing.
    """
    found = list(_stamps(str(folder), "", HERE))
    for name in BELOW:
        found += _stamps(f"{folder}/{name}", f"{name}/", (".py",))
    return tuple(sorted(found))


def _stamps(folder: str, prefix: str, suffixes: tuple[str, ...]) -> Iterator[Stamp]:
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            if entry.name.endswith(suffixes):
                status = entry.stat()
                yield prefix + entry.name, status.st_mtime_ns, status.st_size


def texts(folder: Path, stamped: tuple[Stamp, ...]) -> dict[str, str]:
    """The text of each of these files, by name. Raises ExerciseError."""
    return {name: _text(folder / name, size) for name, _, size in stamped}


def _text(path: Path, size: int) -> str:
    if size > MAX_FILE_BYTES:
        raise ExerciseError(f"{path}: larger than {MAX_FILE_BYTES} bytes")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ExerciseError(f"{path}: not UTF-8 (byte {error.start})") from None
