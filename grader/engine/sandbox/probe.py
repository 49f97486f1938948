"""Whether a GPU computes, tried in a throwaway process outside of any sandbox, by the driver alone.

Prints nothing and ends with status 0 if a context can be made and memory set and read back; else prints what
failed. `cuInit` giving 100 means that there is no device, 304 that the operating system refused the driver
something, 999 and its like that the GPU needs a reset.

    python -m grader.engine.sandbox.probe UUID
"""

import contextlib
import ctypes
import os
import sys

from grader.engine.sandbox.devices import LIBRARY, LIBRARY_FOLDERS

BYTES = 1 << 20
PATTERN = 0xA5


class ProbeFailed(Exception):
    """The GPU cannot be used; the message says which call failed and how."""


def _driver() -> ctypes.CDLL:
    for folder in ("", *LIBRARY_FOLDERS):
        with contextlib.suppress(OSError):
            return ctypes.CDLL(os.path.join(folder, LIBRARY))
    raise ProbeFailed(f"{LIBRARY} cannot be loaded")


def probe(uuid: str) -> None:
    """Use the GPU a little. Raises ProbeFailed."""
    os.environ["CUDA_VISIBLE_DEVICES"] = uuid
    driver = _driver()

    def call(name: str, *arguments: object) -> None:
        code = getattr(driver, name)(*arguments)
        if code:
            raise ProbeFailed(f"{name}: error {code}")

    call("cuInit", ctypes.c_uint(0))
    device, context, memory = ctypes.c_int(), ctypes.c_void_p(), ctypes.c_ulonglong()
    call("cuDeviceGet", ctypes.byref(device), ctypes.c_int(0))
    call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
    call("cuCtxSetCurrent", context)
    call("cuMemAlloc_v2", ctypes.byref(memory), ctypes.c_size_t(BYTES))
    call("cuMemsetD8_v2", memory, ctypes.c_ubyte(PATTERN), ctypes.c_size_t(BYTES))
    back = (ctypes.c_ubyte * BYTES)()
    call("cuMemcpyDtoH_v2", back, memory, ctypes.c_size_t(BYTES))
    if bytes(back) != bytes([PATTERN]) * BYTES:
        raise ProbeFailed("the GPU's memory gives back something else than was written")
    call("cuMemFree_v2", memory)


def main() -> None:
    try:
        probe(sys.argv[1])
    except ProbeFailed as error:
        print(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
