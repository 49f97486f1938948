"""What this machine offers, found by trying each thing in a throwaway process, never by reading versions."""

import os
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.engine.sandbox import cgroups, landlock, namespaces, root, seccomp, system
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.plan import Plan
from grader.engine.sandbox.syscalls import MACHINE, MACHINES

_LIBRARY_FOLDERS = ("/lib", "/usr/lib")


@dataclass(frozen=True)
class Feature:
    """One thing that the sandbox is made of."""

    name: str
    found: bool
    required: bool
    hint: str
    detail: str = ""


def examine() -> list[Feature]:
    """Try everything; takes some tens of milliseconds."""
    version = _landlock_abi()
    return [
        _tried("namespaces", _try_namespaces, _namespace_hint()),
        _tried("seccomp", _try_seccomp, "The kernel needs CONFIG_SECCOMP_FILTER, on x86-64 or aarch64."),
        _tried("capability drop", _try_capabilities, "The kernel refused to drop capabilities."),
        Feature("Landlock", version >= landlock.SCOPED_ABI, False, _LANDLOCK_HINT, f"ABI {version}"),
        _examine_cgroups(),
    ]


_LANDLOCK_HINT = "Linux 6.12 with Landlock switched on adds a second fence; the sandbox holds without it."
_CGROUP_HINT = (
    "No writable control group with memory and pids: submissions run one at a time under resource limits. "
    "Run the runner as root, or in a delegated group: systemd-run --user --scope -p Delegate=yes ..."
)


def plan(features: list[Feature], *, unsafe: bool) -> Plan:
    """What the runner will use. `unsafe` counts only where something required is missing."""
    found = {feature.name: feature.found for feature in features}
    complete = all(feature.found for feature in features if feature.required)
    return Plan(
        namespaces=found["namespaces"] and found["capability drop"],
        seccomp=found["seccomp"],
        landlock=_landlock_abi(),
        cgroups=found["control groups"],
        unsafe=unsafe and not complete,
    )


def _landlock_abi() -> int:
    return landlock.abi() if sys.platform == "linux" else 0


def _tried(name: str, attempt: Callable[[], None], hint: str) -> Feature:
    problem = _in_throwaway(attempt)
    return Feature(name, not problem, True, hint, problem)


def _in_throwaway(attempt: Callable[[], None]) -> str:
    """Run it in a forked process; gives what went wrong, or nothing."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            attempt()
            problem = ""
        except BaseException as error:
            problem = str(error) or type(error).__name__
        os.write(writer, problem.encode()[:500])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        problem = pipe.read().decode()
    _, status = os.waitpid(pid, 0)
    return problem or ("" if status == 0 else f"ended with status {status}")


def _try_namespaces() -> None:
    """Go all the way: the zygote's root and namespaces, and a child in its own."""
    proc = namespaces.enter_zygote(root.Tree(_LIBRARY_FOLDERS, (), ()))
    if os.path.exists("/proc/self") or os.path.exists("/etc/passwd"):
        raise RuntimeError("the old root is still visible after pivot_root")
    pid = os.fork()
    if pid == 0:
        _exit_with(lambda: _child_namespaces(proc))
    if os.waitpid(pid, 0)[1] != 0:
        raise RuntimeError("a child could not enter namespaces of its own")


def own_proc_problem() -> str:
    """Why a GPU's candidates cannot have a /proc of their own, which CUDA needs; nothing where they can."""
    return _in_throwaway(_try_own_proc)


def _try_own_proc() -> None:
    proc = namespaces.enter_zygote(root.Tree(_LIBRARY_FOLDERS, (), (), own_proc=True))
    pid = os.fork()
    if pid == 0:
        _exit_with(lambda: namespaces.enter_child(proc, 1, 64, Access("GPU-00000000", "/dev/nvidia0")))
    if os.waitpid(pid, 0)[1] != 0:
        raise RuntimeError("a child could not mount a /proc of its own processes")


def _child_namespaces(proc: int) -> None:
    if os.getpid() != 1:
        raise RuntimeError("no process namespace")
    namespaces.enter_child(proc, 1, 64)


def _exit_with(attempt: Callable[[], None]) -> None:
    try:
        attempt()
    except BaseException:
        os._exit(1)
    os._exit(0)


def _try_seccomp() -> None:
    if MACHINE not in MACHINES:
        raise RuntimeError(f"no system-call table for {MACHINE}")
    system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()
    try:
        os.chmod("/", 0o700)
    except PermissionError:
        return
    raise RuntimeError("the filter did not deny a forbidden call")


def _try_capabilities() -> None:
    if os.geteuid() == 0:
        system.drop_capabilities()
        status = Path("/proc/self/status").read_text()
        if "CapEff:\t0000000000000000" not in status:
            raise RuntimeError("capabilities remain")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _examine_cgroups() -> Feature:
    problem = _in_throwaway(_try_cgroup)
    return Feature("control groups", not problem, False, _CGROUP_HINT, problem)


def _try_cgroup() -> None:
    hierarchy = cgroups.find()
    if hierarchy is None:
        raise RuntimeError("none may be written")
    try:
        group = hierarchy.make("probe")
        group.limit(64, 8)
        group.remove()
    finally:
        hierarchy.remove()


def _namespace_hint() -> str:
    """The switch that this machine's distribution has for unprivileged user namespaces."""
    if _reads("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1":
        return (
            "Ubuntu restricts user namespaces by AppArmor. Allow them with "
            "'sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0', "
            "or give the interpreter an AppArmor profile with 'userns,'."
        )
    if _reads("/proc/sys/kernel/unprivileged_userns_clone") == "0":
        return "Allow user namespaces with 'sudo sysctl kernel.unprivileged_userns_clone=1'."
    if _reads("/proc/sys/user/max_user_namespaces") == "0":
        return "Allow user namespaces with 'sudo sysctl user.max_user_namespaces=15000'."
    if os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv"):
        return "The container needs the seccomp profile and 'apparmor=unconfined' of the runner's service."
    return "Linux 5.12 or newer with user, mount, pid, network and IPC namespaces is needed."


def _reads(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
