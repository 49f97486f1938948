"""What a child of the cuda profile does with its GPU before it is ready, and how little its zygote may.

CUDA cannot be used on both sides of a fork. So the zygote imports PyTorch and never starts CUDA: it sees no
GPU (CUDA_VISIBLE_DEVICES is empty) and runs no backward pass, since autograd counts the GPUs, which starts
the driver and keeps the count. The driver itself is asked before every fork. Each child makes a context of
its own after it has been locked in, and warms what is lazy (cuBLAS, cuDNN, a backward pass, an optimizer)
while it waits for a submission.

Results are compared with a reference in float64, so TensorFloat-32, which keeps 10 bits of a mantissa,
is switched off, and deterministic algorithms are preferred. A candidate may switch either back and has
itself to blame for the outcome.
"""

import ctypes
import os
import re
import sys
from pathlib import Path
from typing import Any

from grader.engine.sandbox.devices import LIBRARY, LIBRARY_FOLDERS, Access

ENVIRONMENT = {
    "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    "CUDA_CACHE_DISABLE": "1",  # its cache of compiled kernels would outlive nothing here
    "CUDA_MODULE_LOADING": "LAZY",
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without a fixed workspace cuBLAS is not deterministic
    "LD_LIBRARY_PATH": ":".join(LIBRARY_FOLDERS),
}
MEBIBYTE = 1024 * 1024
NOT_STARTED = 3  # CUDA_ERROR_NOT_INITIALIZED
_TOUCHED = re.compile(r"/(libnvidia-ml\.so|dev/nvidia)")


def _torch() -> Any:
    return sys.modules["torch"]


def assert_untouched() -> None:
    """In the zygote: no GPU has been opened. PyTorch loads the driver's library, which is harmless."""
    touched = sorted(set(_TOUCHED.findall(Path("/proc/self/maps").read_text())))
    if touched:
        raise RuntimeError(f"importing PyTorch has opened {', '.join(touched)}: children could not use CUDA")
    assert_not_started()


def assert_not_started() -> None:
    """In the zygote before each fork: CUDA has not been started, or the child could not use it."""
    if _torch().cuda.is_initialized() or _driver_answers():
        raise RuntimeError("CUDA was started in the zygote: its children could not use it")


def _driver_answers() -> bool:
    """Whether the driver's library is loaded and has been started in this process."""
    try:
        driver = ctypes.CDLL(LIBRARY, mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    except OSError:  # not loaded
        return False
    return driver.cuDeviceGetCount(ctypes.byref(ctypes.c_int())) != NOT_STARTED


def start(access: Access) -> None:
    """In a child: make the context on its GPU and warm what is lazy. Raises RuntimeError in words."""
    os.environ["CUDA_VISIBLE_DEVICES"] = access.uuid
    torch = _torch()
    if torch.version.cuda is None:
        raise RuntimeError("PyTorch is installed without CUDA (a build for the CPU)")
    try:
        torch.cuda.init()
        _make_exact(torch)
        _warm(torch)
    except (RuntimeError, AssertionError) as error:  # torch asserts that it was built with CUDA
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise RuntimeError(f"CUDA does not start on {access.node}: {reason}") from error


def _make_exact(torch: Any) -> None:
    torch.set_float32_matmul_precision("highest")
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True


def _warm(torch: Any) -> None:
    """One small kernel of each library that exercises use: cuBLAS, cuDNN, elementwise, backward, Adam."""
    layer = torch.nn.Conv2d(3, 4, 3, padding=1).to("cuda")
    x = torch.randn(2, 3, 8, 8, device="cuda", requires_grad=True)
    out = torch.nn.functional.batch_norm(layer(x), None, None, training=True).relu()
    (out.flatten(1) @ torch.randn(256, 10, device="cuda")).sum().backward()
    torch.optim.Adam(layer.parameters()).step()
    torch.cuda.synchronize()
    del layer, x, out
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()


def limit_memory(megabytes: int) -> None:
    """In a child: PyTorch's allocator refuses more than this. Advice only for code that goes round it."""
    torch = _torch()
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(min(1.0, megabytes * MEBIBYTE / total), 0)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether PyTorch could not get memory of the GPU."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(error, torch.cuda.OutOfMemoryError)
