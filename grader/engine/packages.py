"""The files that a profile's candidates see: standard library, shared libraries, the profile's packages."""

import importlib.metadata
import os
import re
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from grader.engine.sandbox import devices
from grader.engine.sandbox.root import Tree


def tree(distribution: str, *, on_gpu: bool = False) -> Tree:
    """What a candidate of the profile with this distribution needs of this machine's files."""
    paths = sysconfig.get_paths()
    standard = {paths["stdlib"], paths["platstdlib"], os.path.join(sys.base_prefix, "lib", _version_folder())}
    standard = {path for path in standard if os.path.isdir(path) and "site-packages" not in path}
    sites = {paths["purelib"], paths["platlib"], *(path for path in sys.path if _is_site(path))}
    sites |= {
        os.path.join(folder, name) for folder in standard for name in ("site-packages", "dist-packages")
    }
    folders = standard | _library_folders() | {"/etc/ld.so.cache", interpreter()} | _interpreters_library()
    packages = tuple(_packages(distribution))
    if not on_gpu:
        return Tree(tuple(folders), tuple(sites), packages)
    return Tree(
        tuple(folders | devices.library_folders()),
        tuple(sites),
        packages,
        devices=devices.device_files(),
        kernel=devices.kernel_files(),
        own_proc=True,
    )


def _version_folder() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _is_site(path: str) -> bool:
    return path.endswith(("site-packages", "dist-packages"))


def interpreter() -> str:
    """The program that this process runs, at its real path."""
    return os.readlink("/proc/self/exe")


def loader() -> str:
    """The dynamic loader that started this process; empty where there is none."""
    return next(
        (path for path in _mapped() if re.fullmatch(r"ld[-.\w]*\.so[.\d]*", os.path.basename(path))), ""
    )


def _interpreters_library() -> set[str]:
    """libpython, where the interpreter is built with one: the file alone, for much else may lie beside it."""
    return {path for path in _mapped() if os.path.basename(path).startswith("libpython")}


def _mapped() -> set[str]:
    lines = Path("/proc/self/maps").read_text().splitlines()
    return {line.split(maxsplit=5)[-1] for line in lines if "/" in line}


def _library_folders() -> set[str]:
    """Folders of the shared libraries that this process has mapped, except those inside Python packages."""
    libraries = {
        path for path in _mapped() if re.search(r"\.so(\.|$)", path) and _version_folder() not in path
    }
    libraries = {path for path in libraries if "-packages/" not in path}
    return {os.path.dirname(path) for path in libraries}


def _packages(distribution: str) -> set[str]:
    """Files and folders of a distribution and of everything that it requires."""
    found: set[str] = set()
    todo: list[tuple[str, frozenset[str]]] = [(distribution, frozenset()), ("numpy", frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        wanted = todo.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        try:
            installed = importlib.metadata.distribution(wanted[0])
        except importlib.metadata.PackageNotFoundError:
            continue  # a requirement of another platform
        tops = {file.parts[0] for file in installed.files or () if file.parts[0] not in ("..", "__pycache__")}
        found |= {str(installed.locate_file(top)) for top in tops}
        todo += _required(installed.requires or [], wanted[1])
    return {path for path in found if os.path.exists(path)}


def _required(lines: list[str], extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Names and extras that requirement lines ask for, where these extras of their own were asked for."""
    for line in lines:
        requirement, _, marker = line.partition(";")
        optional = re.search(r"extra\s*==\s*['\"]([^'\"]+)['\"]", marker)
        if optional and optional[1] not in extras:
            continue
        match = re.match(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?", requirement)
        if match:
            asked = (extra.strip() for extra in (match[2] or "").split(","))
            name = re.sub(r"[-_.]+", "-", match[1]).lower()
            yield name, frozenset(extra for extra in asked if extra)
