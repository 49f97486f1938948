"""What each zygote imports and warms before it forks, and what its candidates may import.

Runs in the zygote and, `reseed` and `set_threads`, in the child. Nothing here is imported by the trusted
side.
"""

import importlib
import importlib.metadata
import os
import random
import re
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from grader.engine.sandbox.root import Tree

NAMES = ("numpy", "torch")
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
    "HOME": "/scratch",  # the child's own folder
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
}
# Big pages make forking a process of this size four times as fast.
TORCH_ENVIRONMENT = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


@dataclass(frozen=True)
class Profile:
    name: str
    distribution: str
    imports: tuple[str, ...]
    environment: dict[str, str]
    warm: Callable[[], None]
    reseed: Callable[[], None]
    set_threads: Callable[[int], None]


def _torch() -> ModuleType:
    return sys.modules["torch"]


def _warm_numpy() -> None:
    x = np.arange(64.0).reshape(8, 8) + np.eye(8)
    np.linalg.svd(x), np.linalg.solve(x, x), np.fft.rfft2(x), np.einsum("ij,jk->ik", x, x)
    np.lib.stride_tricks.sliding_window_view(x, (3, 3)).sum()
    np.random.default_rng(0).standard_normal(8)
    np.array2string(x)


def _warm_torch() -> None:
    _warm_numpy()
    torch = _torch()
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(), torch.nn.MaxPool2d(2)
    )
    for optimizer in (torch.optim.SGD(model.parameters(), lr=0.1), torch.optim.Adam(model.parameters())):
        model(torch.randn(2, 3, 8, 8)).sum().backward()
        optimizer.step()
    torch.nn.functional.cross_entropy(torch.randn(4, 3), torch.tensor([0, 1, 2, 0]))
    torch.linalg.svd(torch.randn(4, 4))
    torch.nn.functional.unfold(torch.randn(1, 1, 4, 4), 2).double()


def _reseed_numpy() -> None:
    random.seed()
    np.random.seed(int.from_bytes(os.urandom(4), "little"))


def _reseed_torch() -> None:
    _reseed_numpy()
    _torch().manual_seed(int.from_bytes(os.urandom(7), "little"))


def _set_torch_threads(count: int) -> None:
    _torch().set_num_threads(count)


PROFILES = {
    "numpy": Profile(
        "numpy",
        "numpy",
        ("numpy", "numpy.linalg", "numpy.fft", "numpy.random"),
        ENVIRONMENT,
        _warm_numpy,
        _reseed_numpy,
        lambda count: None,
    ),
    "torch": Profile(
        "torch",
        "torch",
        ("numpy", "torch", "torch.nn.functional", "torch.optim", "torch.nn.utils.parametrize"),
        ENVIRONMENT | TORCH_ENVIRONMENT,
        _warm_torch,
        _reseed_torch,
        _set_torch_threads,
    ),
}
# Modules of the standard library that solutions like to use: imported once, they need no files later.
COMMON = [
    "math",
    "cmath",
    "itertools",
    "functools",
    "operator",
    "collections",
    "dataclasses",
    "typing",
    "enum",
    "abc",
    "copy",
    "heapq",
    "bisect",
    "fractions",
    "decimal",
    "statistics",
    "string",
    "re",
    "textwrap",
    "json",
    "random",
    "contextlib",
    "warnings",
    "numbers",
    "inspect",
    "traceback",
    "linecache",
    "time",
    "datetime",
]


def load(profile: Profile) -> dict[str, str]:
    """Import and warm everything; gives the versions."""
    for name in (*COMMON, *profile.imports):
        importlib.import_module(name)
    profile.warm()
    libraries = {name.split(".")[0] for name in profile.imports}
    return {name: str(sys.modules[name].__version__) for name in sorted(libraries)}


def tree(profile: Profile) -> Tree:
    """The files that the profile's candidates see: standard library, shared libraries, the profile's
    packages.
    """
    paths = sysconfig.get_paths()
    standard = {paths["stdlib"], paths["platstdlib"], os.path.join(sys.base_prefix, "lib", _version_folder())}
    standard = {path for path in standard if os.path.isdir(path) and "site-packages" not in path}
    sites = {paths["purelib"], paths["platlib"], *(path for path in sys.path if _is_site(path))}
    sites |= {
        os.path.join(folder, name) for folder in standard for name in ("site-packages", "dist-packages")
    }
    return Tree(
        folders=tuple(standard | _library_folders() | {"/etc/ld.so.cache"}),
        hidden=tuple(sites),
        packages=tuple(_packages(profile.distribution)),
    )


def _version_folder() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def _is_site(path: str) -> bool:
    return path.endswith(("site-packages", "dist-packages"))


def _library_folders() -> set[str]:
    """Folders of the shared libraries that this process has mapped, except those inside Python packages."""
    mapped = {
        line.split(maxsplit=5)[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "/" in line
    }
    libraries = {path for path in mapped if re.search(r"\.so(\.|$)", path) and _version_folder() not in path}
    libraries = {path for path in libraries if "-packages/" not in path}
    return {os.path.dirname(path) for path in libraries}


def _packages(distribution: str) -> set[str]:
    """Files and folders of a distribution and of everything that it requires."""
    found: set[str] = set()
    todo, seen = [distribution, "numpy"], set()
    while todo:
        name = re.sub(r"[-_.]+", "-", todo.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            installed = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # a requirement of another platform
        tops = {file.parts[0] for file in installed.files or () if file.parts[0] not in ("..", "__pycache__")}
        found |= {str(installed.locate_file(top)) for top in tops}
        todo += [_required(line) for line in installed.requires or () if "extra ==" not in line]
    return {path for path in found if os.path.exists(path)}


def _required(line: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", line)
    return match.group() if match else ""
