"""The runner: a process without secrets that owns zygotes and hands out sandboxed children.

    worker --packets over a Unix socket--> runner --packets--> zygote --fork--> child
    worker <------------------ frames over the child's own channel ----------> child

A client opens one session for each connection. The runner replies with the child's channel as a
descriptor, so data never passes through the runner; it only sets limits, accounts, and kills. A client
that disconnects loses its child.

    python -m grader.engine.runner --socket PATH --profiles numpy,torch
"""

import argparse
import contextlib
import logging
import math
import os
import platform
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.engine import control, logs
from grader.engine.gpu_pool import GpuPool
from grader.engine.loop import Loop
from grader.engine.pool import Pool, Sizes
from grader.engine.processes import Child
from grader.engine.profiles import NAMES, PROFILES
from grader.engine.sandbox import canaries, cgroups, features, system
from grader.engine.sandbox.plan import REFUSED, Plan

log = logging.getLogger("stride.runner")
EXIT_GRACE_SECONDS = 0.25
MAX_WAITING = 256
LONGEST_JUDGING_SECONDS = 900  # what a judge may take beside the candidate's own time


@dataclass(eq=False)
class Client:
    """One connection, which may hold one session."""

    sock: socket.socket
    child: Child | None = None
    deadline: float = math.inf
    request: dict[str, Any] | None = None
    device_memory_mb: int = 0
    takes_place: bool = False  # counts among the sessions at once, until its process has been killed
    companion: bool = False  # takes no place, and is served before those that wait for one


class Runner:
    """Serves clients from one pool a profile."""

    def __init__(self, plan: Plan, missing: list[str], profiles: list[str], sizes: Sizes) -> None:
        self.plan = plan
        self.missing = missing
        self.sizes = sizes
        self.loop = Loop()
        self.groups = cgroups.find() if plan.cgroups else None
        self.clients: set[Client] = set()
        self.waiting: dict[str, deque[Client]] = {name: deque() for name in profiles}
        self.busy = 0
        self.sessions = 0
        self.pools: dict[str, Pool] = {}
        if plan.tier != REFUSED:
            self.pools = {name: self._pool(name) for name in profiles}

    def _pool(self, name: str) -> Pool:
        kind = GpuPool if PROFILES[name].on_gpu else Pool
        pool = kind(name, self.plan, self.groups, self.sizes, self.loop)
        pool.on_ready = pool.on_gone = lambda: self._serve_waiting(name)
        if not self.plan.unsafe:
            pool.trial = canaries.try_all
        return pool

    def run(self, listener: socket.socket) -> None:
        self.loop.catch_signals()
        self.loop.watch(listener, lambda: self._accept(listener))
        for pool in self.pools.values():
            pool.start()
            self.loop.ticks.append(pool.tick)
        self.loop.ticks.append(self._end_overdue)
        self.loop.run()

    def close(self) -> None:
        for pool in self.pools.values():
            pool.stop()
        for client in list(self.clients):
            client.sock.close()
        self.loop.close()
        if self.groups is not None:
            self.groups.remove()

    # Clients

    def _accept(self, listener: socket.socket) -> None:
        sock, _ = listener.accept()
        sock.setblocking(False)  # a client that does not listen must not stop the runner
        client = Client(sock)
        self.clients.add(client)
        self.loop.watch(sock, lambda: self._hear(client))

    def _hear(self, client: Client) -> None:
        try:
            message, descriptors = control.receive(client.sock)
            for descriptor in descriptors:
                os.close(descriptor)
            self._obey(client, message)
        except control.Closed:
            self._drop(client)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            self._answer(client, {"error": "fault", "message": f"bad request: {error!r}"})

    def _obey(self, client: Client, message: dict[str, Any]) -> None:
        verb = message["do"]
        if verb == "status":
            self._answer(client, self.status())
        elif verb == "open":
            self._open(client, message)
        elif verb == "finish":
            self._finish(
                client, bool(message.get("ended")), shaken=bool(message.get("shaken") or message.get("ended"))
            )
        elif verb in ("pause", "resume"):
            self._hold(client, verb == "pause")
        else:
            raise ValueError(f"unknown verb {verb!r}")

    def _answer(self, client: Client, message: dict[str, Any], *descriptors: int) -> None:
        try:
            control.send(client.sock, message, descriptors)
        except (control.Closed, BlockingIOError):
            self._drop(client)

    def _drop(self, client: Client) -> None:
        if client not in self.clients:
            return
        self.clients.discard(client)
        for queue in self.waiting.values():
            if client in queue:
                queue.remove(client)
        self.loop.forget(client.sock)
        client.sock.close()
        if client.child is not None:
            client.child.kill()

    def _end_overdue(self) -> None:
        """A client that hangs must not hold its place for ever."""
        now = time.monotonic()
        for client in [client for client in self.clients if client.deadline < now]:
            log.warning("a session ran over its time by %d seconds and was ended", LONGEST_JUDGING_SECONDS)
            self._drop(client)

    def status(self) -> dict[str, Any]:
        return {
            "tier": self.plan.tier,
            "missing": self.missing,
            "python": platform.python_version(),
            "pid": os.getpid(),
            "jobs": self.sizes.jobs,
            "busy": self.busy,
            "counters": self._counters(),
            "profiles": {name: self._profile_status(pool) for name, pool in self.pools.items()},
        }

    def _counters(self) -> dict[str, int]:
        """What there has been since the runner started."""
        pools = list(self.pools.values())
        return {
            "sessions": self.sessions,
            "children": sum(pool.numbers for pool in pools),
            "zygotes": sum(pool.zygotes for pool in pools),
            "faults": sum(pool.faults for pool in pools),
        }

    def _profile_status(self, pool: Pool) -> dict[str, Any]:
        return {
            "ready": pool.warm,
            "standby": len(pool.ready),
            "unavailable": pool.unavailable,
            "versions": (pool.zygote.versions if pool.zygote else None) or {},
            **pool.status(),
        }

    # Sessions

    def _open(self, client: Client, message: dict[str, Any]) -> None:
        limits = message["limits"]
        client.request = {name: limits[name] for name in ("seconds", "memory_mb", "threads")}
        client.device_memory_mb = int(limits.get("device_memory_mb", 0))
        problem = self._problem(str(message["profile"]))
        if client.child is not None or client.request["seconds"] <= 0:
            raise ValueError("one session a connection, with a positive limit of seconds")
        if problem:
            self._answer(client, problem)
            return
        if sum(map(len, self.waiting.values())) >= MAX_WAITING:
            self._answer(
                client, {"error": "unavailable", "message": f"{MAX_WAITING} sessions are waiting already"}
            )
            return
        client.companion = bool(message.get("companion"))
        queue = self.waiting[message["profile"]]
        queue.appendleft(client) if client.companion else queue.append(client)
        self._serve_waiting(message["profile"])

    def _problem(self, profile: str) -> dict[str, str] | None:
        if self.plan.tier == REFUSED:
            missing = ", ".join(self.missing)
            return {
                "error": "refused",
                "message": f"this machine cannot sandbox submissions; missing: {missing}",
            }
        pool = self.pools.get(profile)
        if pool is None:
            return {"error": "unavailable", "message": f"the runner has no profile '{profile}'"}
        if pool.unavailable:
            return {"error": "refused" if pool.refused else "unavailable", "message": pool.unavailable}
        return None

    def _serve_waiting(self, profile: str) -> None:
        """Give ready children to those who wait, as far as jobs may run at once."""
        pool, queue = self.pools[profile], self.waiting[profile]
        if problem := self._problem(profile):
            while queue:
                self._answer(queue.popleft(), problem)
        while queue and (queue[0].companion or self.busy < self.sizes.jobs):
            child = pool.take()
            if child is None:
                pool.replenish(extra=min(len(queue), self.sizes.jobs))
                return
            self._hand_over(queue.popleft(), child)

    def _hand_over(self, client: Client, child: Child) -> None:
        client.takes_place = not client.companion
        self.busy += client.takes_place
        self.sessions += 1
        client.child = child
        client.deadline = (
            time.monotonic() + float((client.request or {})["seconds"]) + LONGEST_JUDGING_SECONDS
        )
        child.on_end = lambda ended: self._ended(client, ended)
        try:
            child.limit(**(client.request or {}))
        except (OSError, TypeError, ValueError, OverflowError) as error:
            log.warning("limits could not be set: %s", error)
            child.kill()
            self._answer(client, {"error": "fault", "message": f"the limits could not be set: {error}"})
            return
        pool = self.pools[child.zygote.profile]
        pool.begin(child, client.device_memory_mb)
        self._answer(client, {"tier": pool.tier}, child.channel.fileno())

    def _hold(self, client: Client, stopped: bool) -> None:
        """Stop the process or let it go on, and say how much CPU time it has had."""
        if client.child is None:
            self._answer(client, {"error": "fault", "message": "no session is open"})
            return
        client.child.hold(stopped)
        self._answer(client, {"cpu": client.child.usage_so_far()["cpu"]})

    def _finish(self, client: Client, ended: bool, *, shaken: bool = False) -> None:
        """Account and end. Where the client saw the channel close, find out how the process ended first."""
        child = client.child
        if child is not None and shaken:
            self.pools[child.zygote.profile].shaken(child)
        if child is None:
            self._answer(client, {"error": "fault", "message": "no session is open"})
        elif child.ended is not None:
            self._report(client, child)
        elif ended and child.has_exited(EXIT_GRACE_SECONDS):
            client.request = {"report": True}  # the zygote's word is on its way
        else:
            used = child.usage()
            child.kill()
            self._answer(client, {"cause": "killed", "oom": child.ran_out_of_memory(), **used})
            self._free_place(client, child)

    def _free_place(self, client: Client, child: Child) -> None:
        """Let the next one in: the process has been killed, though the kernel may still be burying it."""
        if client.takes_place:
            self.busy -= 1
            client.takes_place = False
            for name in self.pools:
                self._serve_waiting(name)
        self.pools[child.zygote.profile].replenish()

    def _ended(self, client: Client, child: Child) -> None:
        """A child that was in use is gone."""
        if client in self.clients and client.request == {"report": True}:
            self._report(client, child)
        child.close()
        self._free_place(client, child)

    def _report(self, client: Client, child: Child) -> None:
        ended = child.ended or {}
        cause = "fault" if "fault" in ended else "signal" if ended["code"] < 0 else "exit"
        code = abs(int(ended["code"]))
        self._answer(client, {"cause": cause, "code": code, "oom": child.out_of_memory, **child.usage_at_end})


def listen(path: Path, mode: int) -> socket.socket:
    """A listening socket at `path`, taking the place of one that nobody answers any more."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with contextlib.suppress(FileNotFoundError):
        if _is_answered(path):
            raise SystemExit(f"another runner already answers at {path}")
        path.unlink()
    old = os.umask(0o777)
    try:
        listener.bind(str(path))
    except OSError as error:
        raise SystemExit(
            f"cannot listen at {path}: {error.strerror or error} (at most 107 characters)"
        ) from error
    finally:
        os.umask(old)
    listener.listen(128)
    path.chmod(mode)
    return listener


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
        return True


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m grader.engine.runner", description="Runs submissions in a sandbox."
    )
    parser.add_argument("--socket", type=Path, required=True, help="where to listen (a Unix socket)")
    parser.add_argument("--profiles", default="numpy,torch", help=f"comma-separated, of {', '.join(NAMES)}")
    parser.add_argument(
        "--socket-mode", type=lambda text: int(text, 8), default=0o660, help="octal; 660 if absent"
    )
    parser.add_argument(
        "--standby", type=int, default=2, help="children kept ready at least for each profile; 2 if absent"
    )
    parser.add_argument(
        "--most-standby",
        type=int,
        help="children kept ready at most, under demand; standby + 2 jobs if absent",
    )
    parser.add_argument(
        "--recycle-after",
        type=int,
        default=2000,
        help="children after which a zygote is replaced; 2000 if absent",
    )
    parser.add_argument(
        "--jobs", type=int, help="sessions at once; the number of CPUs, or 1 without control groups"
    )
    parser.add_argument(
        "--log-level", choices=("info", "warning"), default="info", help="least level logged; info if absent"
    )
    parser.add_argument("--log-format", choices=logs.FORMATS, default=logs.TEXT, help="text if absent")
    parser.add_argument(
        "--die-with-parent", action="store_true", help="end when the process that started this ends"
    )
    arguments = parser.parse_args()
    arguments.profiles = [name for name in arguments.profiles.split(",") if name]
    if unknown := set(arguments.profiles) - set(NAMES):
        parser.error(f"unknown profile {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return arguments


def main() -> None:
    arguments = _arguments()
    logs.configure(arguments.log_level, arguments.log_format)
    if arguments.die_with_parent:
        system.die_with_parent(signal.SIGTERM)  # so that it still cleans up
    unsafe = os.environ.get("STRIDE_SANDBOX") == "unsafe"
    found = features.examine()
    plan = features.plan(found, unsafe=unsafe)
    missing = [feature.name for feature in found if not feature.found]
    jobs = arguments.jobs or ((os.cpu_count() or 1) if plan.cgroups else 1)
    listener = listen(arguments.socket, arguments.socket_mode)
    log.info("sandbox tier %s%s", plan.tier, f", missing: {', '.join(missing)}" if missing else "")
    most = arguments.most_standby or arguments.standby + 2 * jobs
    sizes = Sizes(arguments.standby, jobs, arguments.recycle_after, most)
    runner = Runner(plan, missing, arguments.profiles, sizes)
    try:
        runner.run(listener)
    finally:
        runner.close()
        listener.close()
        arguments.socket.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
