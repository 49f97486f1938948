"""The sandbox: how code that nobody has read runs here without harm.

Theory of operation
===================

Four kinds of process take part::

    worker           trusted: has the database, the expected values, the seed
      |  packets over a Unix socket; and frames over the child's own channel, which the runner hands over
    runner           trusted: no secrets, an empty environment, no network use; root or an ordinary user
      |  packets over a socket pair
    zygote           one a profile; imports the libraries, warms them, enters namespaces, and only ever forks
      |  fork
    child            one a submission; locked in before the submission arrives; killed afterwards

*The runner* is exec'd, never forked from a worker: a forked process could still read the old environment
from its initial stack. It makes a control group for each child, sets limits, kills, accounts, and
replaces what dies.

*The zygote* builds the minimal root once (`root.py`): a tmpfs with read-only bind mounts of the
interpreter, its standard library, the shared libraries and the profile's packages, entered by
`pivot_root`. There is no /proc, no /sys, no /etc and none of the project's files. When the runner is
root, the zygote first becomes a user id of its own. It holds all capabilities in a user namespace of its
own, and none outside. It has one thread, which is asserted before each fork, because a fork would leave
another thread's locks held for ever. It is two processes: the inner one forks; the outer one only waits for
it, and turns into a small interpreter first, so that the two do not share the memory of the libraries.

*The child* is forked ahead of need and locks itself in (`lockdown.py`), in this order: process namespace
(it is process 1, so its end is the end of everything that it started), session, mount, network, IPC and
UTS namespaces, a private noexec scratch tmpfs, a user namespace below the zygote's, descriptors closed
but for the channel, resource limits, all capabilities dropped, no_new_privs, Landlock, the system-call
filter. Then it says that it is ready, and serves requests until it is killed. One child serves one
submission.

*Speed* comes from doing everything that can be done before a submission arrives (docs/performance.md):
what does not depend on the child is done before the fork (`child.prepare`); a rehearsal has specialised the
code and touched the memory that a session needs (`grader.engine.rehearsal`); moving a child into its control
group, which waits for the kernel, happens in a thread of the runner; and as many children wait as demand has
asked for. A place is free again as soon as its process has been killed; the kernel buries it beside the next
session.

*The judge* never runs in the child. It sends input *i* only after output *i-1* has come back, under a
fresh nonce, and everything that comes back is data (`grader.engine.wire`): counts and sizes are checked
before anything is allocated, nothing is unpickled, and no expected value, seed or reference ever enters
the child.

Threat model
============

The submission is hostile native code as soon as it runs: ctypes and crafted machine code are assumed, so
nothing in the child's Python is a defence. Everything rests on the kernel and on the trusted side's care
with what it reads.

It may try to                   and meets
-----------------------------   -------------------------------------------------------------------
read secrets, other solutions   an empty environment, a root without such files, memory that never held any
forge a verdict                 verdicts are made elsewhere; nonces; a strict decoder
reach the network or a service  an empty network namespace, and `socket` denied by the filter
reach other processes           process, IPC and user namespaces, Landlock's scopes; ptrace kills
gain privileges                 no capabilities, no_new_privs, no set-id files, namespaces below the zygote's
attack the kernel               about 80 system calls remain; bpf, io_uring, perf, keyctl, mount kill
exhaust the machine             no fork; control group for memory and threads; bounded scratch, CPU time
exhaust the judge               bounded frames, nodes, depth, dict sizes; wall clock on the trusted side
survive                         process 1 of its namespace is killed after each submission

Not defended against: a bug in the kernel's remaining surface, side channels between CPU threads, and a
root user who tampers with the runner. Candidates of one zygote share its address-space layout (they are
forks): no secret hangs on it, and zygotes are replaced after some thousands of children.

On a GPU
========

A candidate of the cuda profile gets more (`devices.py`): its GPU's device node and those that control the
driver, a /proc of its own processes, a few read-only files of /proc and /sys, files in memory, and a filter
that lets the driver's commands through. It stays alone on its GPU, and other GPUs are covered. The driver's
kernel modules are then reachable, with far more surface than all the rest: see docs/security.md. The runner
itself never loads the driver's libraries: an attendant and throwaway probes do (`nvml.py`, `probe.py`).

When something is missing
=========================

`features.py` tries each part in a throwaway process, `plan.py` decides, `canaries.py` then attacks the
first child of every zygote for real. Tiers:

full      everything, with control groups and Landlock's scopes
reduced   no writable control group (one submission at a time under RLIMIT_DATA and RLIMIT_AS),
          or no such Landlock
unsafe    set by hand with STRIDE_SANDBOX=unsafe, and only where something required is missing;
          every report says so
refused   something required is missing: nothing is graded
"""
