"""What each zygote imports and warms before it forks, and what its candidates may import.

Runs in the zygote and, `reseed`, `set_threads` and what `cuda` has, in the child. Nothing here is imported
by the trusted side.
"""

import importlib
import os
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from grader.engine import cuda
from grader.engine.packages import tree
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.root import Tree

NAMES = ("numpy", "torch", "cuda")
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
    "HOME": "/scratch",  # the child's own folder
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",  # sets of strings keep their order from one zygote to the next: replays are exact
    "PYTHONNOUSERSITE": "1",
    "PYTORCH_NVML_BASED_CUDA_CHECK": "1",
    "CUDA_VISIBLE_DEVICES": "",  # autograd and optimizers would start CUDA wherever there is a GPU
}
# A child keeps memory that was freed, up to these bytes: taking it from the kernel again costs page faults.
KEEP_MEMORY = "glibc.malloc.trim_threshold=67108864:glibc.malloc.mmap_threshold=33554432"
NUMPY_ENVIRONMENT = {"GLIBC_TUNABLES": KEEP_MEMORY}
# Big pages make forking a process of this size four times as fast.
TORCH_ENVIRONMENT = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": f"glibc.malloc.hugetlb=1:{KEEP_MEMORY}",
}


@dataclass(frozen=True)
class Profile:
    name: str
    distribution: str
    imports: tuple[str, ...]
    environment: dict[str, str]
    warm: Callable[[], None]
    reseed: Callable[[int | None], None]
    set_threads: Callable[[int], None]
    on_gpu: bool = False

    @property
    def library(self) -> str:
        """The library that it cannot do without, as people call it."""
        return "NumPy" if self.distribution == "numpy" else "PyTorch"

    def tree(self) -> Tree:
        """The files that the profile's candidates see."""
        return tree(self.distribution, on_gpu=self.on_gpu)

    def start_on(self, access: Access | None) -> None:
        """In a child that is locked in: make its CUDA context, off the path of any submission."""
        if access is not None:
            cuda.start(access)
            self.reseed(None)

    def set_device_memory(self, megabytes: int) -> None:
        """In a child: bound what PyTorch may take of the GPU's memory."""
        if self.on_gpu:
            cuda.limit_memory(megabytes)


def _torch() -> ModuleType:
    return sys.modules["torch"]


def _warm_numpy() -> None:
    x = np.arange(64.0).reshape(8, 8) + np.eye(8)
    np.linalg.svd(x), np.linalg.solve(x, x), np.fft.rfft2(x), np.einsum("ij,jk->ik", x, x)
    np.lib.stride_tricks.sliding_window_view(x, (3, 3)).sum()
    np.random.default_rng(0).standard_normal(8)
    np.array2string(x)


def _model() -> Any:
    nn = _torch().nn
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2))


def _warm_torch() -> None:
    _warm_without_gradients()
    torch, model = _torch(), _model()
    for optimizer in (torch.optim.SGD(model.parameters(), lr=0.1), torch.optim.Adam(model.parameters())):
        model(torch.randn(2, 3, 8, 8)).sum().backward()
        optimizer.step()


def _warm_without_gradients() -> None:
    """All that a zygote of the cuda profile may do: autograd counts the GPUs, and that starts CUDA."""
    _warm_numpy()
    torch = _torch()
    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    with torch.no_grad():
        _model()(torch.randn(2, 3, 8, 8))
    torch.nn.functional.cross_entropy(torch.randn(4, 3), torch.tensor([0, 1, 2, 0]))
    torch.linalg.svd(torch.randn(4, 4))
    torch.nn.functional.unfold(torch.randn(1, 1, 4, 4), 2).double()


def _reseed_numpy(seed: int | None = None) -> None:
    """Seed the global generators: from entropy, or so that a session can be repeated."""
    seed = int.from_bytes(os.urandom(8), "little") if seed is None else seed
    random.seed(seed)
    np.random.seed(seed % 2**32)


def _reseed_torch(seed: int | None = None) -> None:
    seed = int.from_bytes(os.urandom(8), "little") if seed is None else seed
    _reseed_numpy(seed)
    # torch.manual_seed would also note a stack trace for each kind of device that is not there.
    _torch().default_generator.manual_seed(seed % 2**63)


def _reseed_cuda(seed: int | None = None) -> None:
    seed = int.from_bytes(os.urandom(8), "little") if seed is None else seed
    _reseed_torch(seed)
    if _torch().cuda.is_initialized():
        _torch().cuda.manual_seed_all(seed % 2**63)


def _set_torch_threads(count: int) -> None:
    _torch().set_num_threads(count)


TORCH_IMPORTS = ("numpy", "torch", "torch.nn.functional", "torch.optim", "torch.nn.utils.parametrize")
PROFILES = {
    "numpy": Profile(
        "numpy",
        "numpy",
        ("numpy", "numpy.linalg", "numpy.fft", "numpy.random"),
        ENVIRONMENT | NUMPY_ENVIRONMENT,
        _warm_numpy,
        _reseed_numpy,
        lambda count: None,
    ),
    "torch": Profile(
        "torch",
        "torch",
        TORCH_IMPORTS,
        ENVIRONMENT | TORCH_ENVIRONMENT,
        _warm_torch,
        _reseed_torch,
        _set_torch_threads,
    ),
    "cuda": Profile(
        "cuda",
        "torch",
        TORCH_IMPORTS,
        ENVIRONMENT | TORCH_ENVIRONMENT | cuda.ENVIRONMENT,
        _warm_without_gradients,
        _reseed_cuda,
        _set_torch_threads,
        on_gpu=True,
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
    if profile.on_gpu:
        cuda.assert_untouched()
    libraries = {name.split(".")[0] for name in profile.imports}
    return {name: str(sys.modules[name].__version__) for name in sorted(libraries)}
