"""Typed reading of the environment; only `config.settings` uses it."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def hide_gpus() -> None:
    """Keep PyTorch in this process off the GPU: it belongs to the candidates, and forked workers could not
    use it. The runner has an environment of its own.
    """
    os.environ["CUDA_VISIBLE_DEVICES"] = ""


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip() or default


def flag(name: str, default: bool = False) -> bool:
    value = text(name, str(int(default))).lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name}={value!r}: use 1 or 0")
    return value in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: a whole number is expected") from None


def choice(name: str, options: Sequence[str]) -> str:
    """One of the options; the first where nothing is set."""
    value = text(name, options[0])
    if value not in options:
        raise ImproperlyConfigured(f"{name}={value!r}: use {' or '.join(options)}")
    return value


def names(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def secret(name: str, file: Path) -> str:
    """The secret from the environment, else from `file`, which is made at first use (mode 0600)."""
    value = text(name)
    if value:
        return value
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first
            return file.read_text()
        with os.fdopen(descriptor, "w") as handle:
            handle.write(get_random_secret_key())
    return file.read_text()


SOCKET_PATH_MAX = 107  # bytes; the kernel's sun_path holds 108 with the closing NUL


def short_socket_path(wanted: Path) -> str:
    """`wanted`, or where that is too long for a Unix socket a path in a private temporary folder."""
    wanted = wanted.absolute()
    if len(os.fsencode(wanted)) <= SOCKET_PATH_MAX:
        return str(wanted)
    digest = hashlib.sha256(os.fsencode(wanted)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"stride-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat()
    if owner.st_uid != os.getuid() or owner.st_mode & 0o077 or folder.is_symlink():
        raise ImproperlyConfigured(f"{folder} is not ours alone; set STRIDE_RUNNER_SOCKET to a short path")
    return str(folder / wanted.name)
