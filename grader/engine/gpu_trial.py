"""Where CUDA stops working on the way into the sandbox, and which system calls it was denied.

For a machine on which the cuda profile does not start. Each step is tried in a process of its own: outside,
then with ever more of the sandbox. When only the system-call filter stands in the way, the calls that have
to be allowed besides are searched for by halving.

    python -m grader.engine.gpu_trial
"""

import os
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import replace

from grader.engine.profiles import PROFILES, load
from grader.engine.sandbox import features, lockdown, namespaces, nvml, seccomp, syscalls, system
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.plan import Plan
from grader.engine.sandbox.root import Tree

SECONDS = 90.0
LAST_CALL = 470
OK = "ok"
OUTSIDE, INSIDE, FENCED, FILTERED = range(4)
STEPS = (
    "outside of the sandbox",
    "in its namespaces and root",
    "with Landlock",
    "with the system-call filter",
)

Attempt = Callable[[], None]


def candidates() -> list[int]:
    """The numbers of all system calls that the filter denies, at least in part, but never kills."""
    known = {
        **syscalls.ALLOWED,
        **syscalls.ALLOWED_ON_GPU,
        **syscalls.KILLED,
        "clone3": syscalls.CHECKED["clone3"],
    }
    return [number for number in range(LAST_CALL) if number not in known.values()]


def try_step(
    step: int, attempt: Attempt, access: Access, tree: Tree, plan: Plan, more: frozenset[int]
) -> str:
    """Go as far in as the step says and attempt; gives `ok`, or what went wrong."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _told(writer, lambda: _go_in(step, attempt, access, tree, plan, more, writer))
    os.close(writer)
    answered = bool(select.select([reader], [], [], SECONDS)[0])
    if not answered:
        os.kill(pid, signal.SIGKILL)
    said = os.read(reader, 4096).decode(errors="replace")
    os.close(reader)
    _, status = os.waitpid(pid, 0)
    return said or (
        "ended with " + _ending(status) if answered else f"gave no answer within {SECONDS:.0f} seconds"
    )


def _told(where: int, job: Callable[[], None]) -> None:
    """Run the job, write how it went, and end this process."""
    try:
        job()
        said = OK
    except BaseException as error:
        said = f"{type(error).__name__}: {error}"
    os.write(where, said.encode()[:4000])
    os._exit(0)


def _go_in(
    step: int, attempt: Attempt, access: Access, tree: Tree, plan: Plan, more: frozenset[int], writer: int
) -> None:
    if step == OUTSIDE:
        attempt()
        return
    proc = namespaces.enter_zygote(tree)
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        if status:  # it could not say so itself
            os.write(writer, f"ended with {_ending(status)}".encode())
        os._exit(0)
    _lock(step, access, plan, more, writer, proc)
    _told(lockdown.CHANNEL, attempt)


def _lock(step: int, access: Access, plan: Plan, more: frozenset[int], writer: int, proc: int) -> None:
    landlock = plan.landlock if step >= FENCED else 0
    lockdown.lock(replace(plan, landlock=landlock, seccomp=False), writer, proc, access)
    if step >= FILTERED:
        system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install(on_gpu=True, more=more)


def _ending(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"status {code}"


def missing_calls(works: Callable[[frozenset[int]], bool], every: list[int]) -> list[int] | None:
    """The calls that have to be allowed besides so that it works; None when all together don't help."""
    if not works(frozenset(every)):
        return None
    needed: list[int] = []
    while not works(frozenset(needed)):
        low, high = 1, len(every)
        while low < high:  # the shortest beginning that helps ends with a call that is needed
            middle = (low + high) // 2
            low, high = (low, middle) if works(frozenset([*needed, *every[:middle]])) else (middle + 1, high)
        needed.append(every[low - 1])
    return needed


def report(attempt: Attempt, access: Access, tree: Tree, plan: Plan) -> bool:
    """Try step after step and print; whether all went well."""

    def tried(step: int, more: frozenset[int] = frozenset()) -> str:
        return try_step(step, attempt, access, tree, plan, more)

    for step, name in enumerate(STEPS):
        outcome = tried(step)
        print(f"  {name}: {outcome}", flush=True)
        if outcome == OK:
            continue
        if step == FILTERED:
            print("  searching for the system calls that are missing ...", flush=True)
            found = missing_calls(lambda more: tried(FILTERED, more) == OK, candidates())
            print(f"  {_words(found)}")
        return False
    return True


def _words(found: list[int] | None) -> str:
    if found is None:
        return "no other system call helps: one of those that kill, or a device command, is in the way"
    names = {number: name for name, number in syscalls.CHECKED.items()}
    listed = ", ".join(f"{number}{f' ({names[number]})' if number in names else ''}" for number in found)
    return f"it works when these system calls are allowed besides, by number: {listed}"


def main() -> int:
    """Try the first GPU; 0 when CUDA works with the whole sandbox."""
    inventory = nvml.ask()
    if inventory.problem:
        print(inventory.problem)
        return 1
    plan = features.plan(features.examine(), unsafe=False)
    gpu, profile = inventory.gpus[0], PROFILES["cuda"]
    os.environ.update(profile.environment)
    versions = load(profile)
    print(f"{gpu.name}, driver {inventory.driver}, {versions}, sandbox tier {plan.tier}")
    return 0 if report(lambda: profile.start_on(gpu.access), gpu.access, profile.tree(), plan) else 1


if __name__ == "__main__":
    sys.exit(main())
