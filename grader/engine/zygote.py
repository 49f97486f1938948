"""The zygote of one profile: imports once, enters its namespaces, then forks children on request.

    runner --exec--> outer zygote --fork--> inner zygote (process 1 of its own namespace) --fork--> children

The outer process only waits, so that the runner has something to wait for. When any of the chain dies,
the kernel kills what hangs below it.
"""

import argparse
import contextlib
import gc
import json
import os
import selectors
import signal
import socket
import sys
from typing import Any

from grader.engine import child, control, cuda, packages
from grader.engine.profiles import PROFILES, Profile, load
from grader.engine.sandbox import namespaces, rlimits, system
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.plan import Plan


class Zygote:
    """Forks children and tells the runner how they ended."""

    def __init__(self, profile: Profile, plan: Plan, runner: socket.socket, proc: int | None) -> None:
        self.profile = profile
        self.plan = plan
        self.candidate = child.prepare(profile, plan)
        self.runner = runner
        self.proc = proc
        self.own = os.pidfd_open(os.getpid()) if plan.namespaces else None
        self.children: dict[int, tuple[int, int]] = {}  # pidfd -> (pid, number)
        self.selector = selectors.DefaultSelector()
        self.selector.register(runner, selectors.EVENT_READ)

    def serve(self) -> None:
        """Work until the runner is gone."""
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.runner:
                    self._obey()
                else:
                    self._reap(key.fd)

    def _obey(self) -> None:
        message, _ = control.receive(self.runner)
        if "fork" in message:
            gpu = message.get("gpu")
            self._fork(int(message["fork"]), Access(**gpu) if gpu else None)
        else:
            self._limit(int(message["limit"]), dict(message["limits"]))

    def _limit(self, number: int, limits: dict[int, int]) -> None:
        for pid, known in self.children.values():
            if known == number:
                rlimits.set_for(pid, limits)

    def _fork(self, number: int, access: Access | None = None) -> None:
        self._assert_single_thread()
        if self.profile.on_gpu:
            cuda.assert_not_started()
        ours, theirs = socket.socketpair()
        pid = self._fork_into_namespace()
        if pid == 0:
            child.run(theirs.detach(), self.profile, self.plan, self.proc, self.candidate, access)
        theirs.close()
        pidfd = os.pidfd_open(pid)
        self.children[pidfd] = (pid, number)
        self.selector.register(pidfd, selectors.EVENT_READ)
        control.send(self.runner, {"child": number}, (ours.fileno(), pidfd))
        ours.close()

    def _fork_into_namespace(self) -> int:
        if self.own is None:
            return os.fork()
        system.unshare(system.CLONE_NEWPID)
        pid = -1
        try:
            pid = os.fork()
        finally:
            if pid != 0:  # later children must not join this one's namespace
                system.setns(self.own, system.CLONE_NEWPID)
        return pid

    def _assert_single_thread(self) -> None:
        """Forking with a second thread leaves that thread's locks held in the child for ever."""
        tasks = os.open("self/task" if self.proc else "/proc/self/task", os.O_RDONLY, dir_fd=self.proc)
        try:
            if len(os.listdir(tasks)) != 1:
                raise RuntimeError("the zygote has more than one thread: its children would hang")
        finally:
            os.close(tasks)

    def _reap(self, pidfd: int) -> None:
        pid, number = self.children.pop(pidfd)
        self.selector.unregister(pidfd)
        os.close(pidfd)
        _, status, used = os.wait4(pid, 0)
        report = {"code": os.waitstatus_to_exitcode(status), "cpu": used.ru_utime + used.ru_stime}
        control.send(self.runner, {"exited": number, **report})


# The outer process turns into an interpreter that has imported nothing. Otherwise it would share all memory
# with the inner one, and each page that the inner one writes to would be copied.
WAIT = "import os; _, status = os.waitpid(-1, 0); os._exit(0 if status == 0 else 1)"


def _enter(profile: Profile, plan: Plan) -> int | None:
    """Go inside; gives the descriptor of the old /proc. Only the inner process returns."""
    if not plan.namespaces:
        return None
    small = [packages.loader(), packages.interpreter(), "-I", "-S", "-c", WAIT]
    proc = namespaces.enter_zygote(profile.tree())
    reader, writer = os.pipe()
    if inner := os.fork():
        with contextlib.suppress(OSError):  # then this process waits as it is
            os.execv(small[0], small)  # noqa: S606
        os.close(writer)
        _, status = os.waitpid(inner, 0)
        os._exit(0 if status == 0 else 1)
    os.close(writer)
    os.read(reader, 1)  # ends when the outer process has become another program
    os.close(reader)
    return proc


def _start(arguments: argparse.Namespace, runner: socket.socket) -> Zygote:
    profile = PROFILES[arguments.profile]
    plan = Plan(**json.loads(arguments.plan))
    system.die_with_parent()
    versions: dict[str, Any] = load(profile)
    proc = _enter(profile, plan)
    system.die_with_parent()  # changing identity and forking have undone it
    zygote = Zygote(profile, plan, runner, proc)
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page that children share
    control.send(runner, {"ready": versions})
    return zygote


def main() -> None:
    parser = argparse.ArgumentParser(description="Internal: started by the runner.")
    parser.add_argument("--profile", choices=sorted(PROFILES), required=True)
    parser.add_argument("--socket", type=int, required=True)
    parser.add_argument("--plan", required=True)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runner = socket.socket(fileno=arguments.socket)
    runner.set_inheritable(False)
    try:
        zygote = _start(arguments, runner)
    except ImportError as error:
        absent = error.name == PROFILES[arguments.profile].distribution
        reason = f"{error.name} is not installed" if absent else f"importing its libraries failed: {error}"
        control.send(runner, {"failed": reason} | ({"missing": error.name} if absent else {}))
        sys.exit(1)
    except (OSError, RuntimeError) as error:
        control.send(runner, {"failed": f"{type(error).__name__}: {error}"})
        sys.exit(1)
    with contextlib.suppress(control.Closed):
        zygote.serve()
    os._exit(0)


if __name__ == "__main__":
    main()
