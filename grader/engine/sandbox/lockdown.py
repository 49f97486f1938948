"""The order in which a child locks itself in. What it may still do afterwards is all that a candidate
can ever do.
"""

import os

from grader.engine.sandbox import devices, landlock, namespaces, rlimits, root, seccomp, system
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.plan import Plan

CHANNEL = 3


def prepare(plan: Plan, *, on_gpu: bool) -> None:
    """Do before the fork what does not depend on the child."""
    if plan.seccomp:
        seccomp.prepare(on_gpu=on_gpu)


def lock(plan: Plan, channel: int, proc: int | None, access: Access | None = None) -> None:
    """Leave this freshly forked process with its channel on descriptor 3 and no power beyond computing,
    on the CPU or with `access` on one GPU as well.
    """
    on_gpu = access is not None
    if plan.namespaces and proc is not None:
        namespaces.enter_child(proc, rlimits.SCRATCH_MB, rlimits.SCRATCH_INODES, access)
        _volunteer_for_the_oom_killer(proc)
    else:
        os.setsid()
    _keep_only(channel)
    rlimits.set_fixed(on_gpu=on_gpu)
    if plan.namespaces:
        system.drop_capabilities()
    if plan.seccomp or plan.landlock:
        system.prctl(system.PR_SET_NO_NEW_PRIVS, 1)
    if plan.landlock and plan.namespaces:
        landlock.restrict(plan.landlock, root.SCRATCH, _writable(access))
    if plan.seccomp:
        seccomp.install(on_gpu=on_gpu)


def _writable(access: Access | None) -> tuple[str, ...]:
    """Files and folders that a GPU's candidate may write or control besides its scratch folder."""
    if access is None:
        return ()
    return (*(path for path in devices.CONTROL_NODES if os.path.exists(path)), access.node, root.OWN_PROC)


def _volunteer_for_the_oom_killer(proc: int) -> None:
    descriptor = os.open("self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        os.write(descriptor, b"1000")
    finally:
        os.close(descriptor)


def _keep_only(channel: int) -> None:
    null = os.open("/dev/null", os.O_RDWR)
    channel = os.dup(channel) if channel <= CHANNEL else channel
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.dup2(channel, CHANNEL, inheritable=False)
    os.closerange(CHANNEL + 1, 256) if not hasattr(os, "pidfd_open") else system.close_range(CHANNEL + 1)
