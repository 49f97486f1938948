"""The candidate's process: locks itself in, then serves requests on its channel until it is killed."""

import io
import os
import signal
import sys
from typing import Any, NoReturn

from grader.engine import rehearsal, wire
from grader.engine.candidate import Candidate
from grader.engine.profiles import Profile
from grader.engine.sandbox import lockdown
from grader.engine.sandbox.devices import Access
from grader.engine.sandbox.plan import Plan

NO_NONCE = bytes(8)
REHEARSALS = 20  # Python specialises code after some calls


CHUNK_BYTES = 65536


class Channel:
    """Blocking frames on descriptor 3, by read and write only: the filter denies the socket calls."""

    def __init__(self) -> None:
        self.file = io.FileIO(lockdown.CHANNEL, "r+b", closefd=False)
        self.rest: bytes | bytearray = b""  # what came after the last request

    def _more(self) -> bytes:
        data = os.read(lockdown.CHANNEL, CHUNK_BYTES)
        if not data:
            os._exit(0)  # the trusted side is gone
        return data

    def request(self) -> tuple[int, bytes, memoryview]:
        """The next request; most come whole in one read."""
        data = self.rest or self._more()
        while len(data) < wire.HEADER.size:
            data += self._more()
        kind, nonce, length = wire.parse_header(data[: wire.HEADER.size])
        end = wire.HEADER.size + length
        if len(data) < end:
            data = self._whole(data, end)
        self.rest = data[end:]
        return kind, nonce, memoryview(data)[wire.HEADER.size : end]

    def _whole(self, begun: bytes | bytearray, size: int) -> bytearray:
        data = bytearray(size)
        data[: len(begun)] = begun
        rest = memoryview(data)[len(begun) :]
        while rest:
            count = self.file.readinto(rest)
            if not count:
                os._exit(0)
            rest = rest[count:]
        return data

    def send(self, kind: int, nonce: bytes, *body: wire.Buffer) -> None:
        data = memoryview(wire.frame(kind, nonce, *body))
        while data:
            data = data[self.file.write(data) or 0 :]


def prepare(profile: Profile, plan: Plan) -> Candidate:
    """What every child of a zygote starts from: made before the fork, so that it costs each child nothing."""
    for name in [name for name in sys.modules if name == "__main__" or name.split(".")[0] == "grader"]:
        _kept.append(sys.modules.pop(name))  # nothing secret is there, but it is none of the candidate's
    sys.path[:] = [path for path in sys.path if path and os.path.isdir(path)]
    sys.argv[:] = ["solution.py"]
    for name in ("GLIBC_TUNABLES", "PYTHONMALLOC"):
        os.environ.pop(name, None)  # they have done their work
    lockdown.prepare(plan, on_gpu=profile.on_gpu)
    for _ in range(REHEARSALS):
        rehearse(profile, short=False)
    return Candidate()


def rehearse(profile: Profile, *, short: bool) -> None:
    """Serve a session that leaves no trace, but for what it has touched."""
    candidate = Candidate()
    for kind, request in rehearsal.requests(profile.name, short=short):
        live = wire.decode(wire.encode(request), revive=candidate.revive)
        wire.frame(*_answer(candidate, kind, NO_NONCE, live))
    candidate.forget()


_kept: list[object] = []  # freeing the modules would write to pages that children share


def run(
    channel_number: int,
    profile: Profile,
    plan: Plan,
    proc: int | None,
    candidate: Candidate,
    access: Access | None = None,
) -> NoReturn:
    """The whole life of a child, from right after the fork; with `access` it uses one GPU."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        lockdown.lock(plan, channel_number, proc, access)
        channel = Channel()
        profile.reseed(None)
        candidate.capture_output()
        rehearse(profile, short=True)
        profile.start_on(access)
        channel.send(wire.READY, NO_NONCE, wire.encode(None))
    except BaseException as error:
        _report_broken(channel_number, error)
        os._exit(1)
    _serve(channel, candidate, profile)


def _report_broken(channel_number: int, error: BaseException) -> None:
    body = wire.encode(f"{type(error).__name__}: {error}")
    for number in (channel_number, lockdown.CHANNEL):
        try:
            os.write(number, wire.frame(wire.BROKEN, NO_NONCE, body))
            return
        except OSError:
            continue


def _serve(channel: Channel, candidate: Candidate, profile: Profile) -> NoReturn:
    while True:
        kind, nonce, data = channel.request()
        try:
            request = wire.decode(data, revive=candidate.revive)
        except (
            Exception
        ) as error:  # the trusted side sent what this profile cannot hold: not the candidate's fault
            channel.send(*_unreadable(nonce, error))
            continue
        if kind == wire.CONFIGURE:
            _configure(candidate, profile, request)
            continue
        channel.send(*_answer(candidate, kind, nonce, request))


def _unreadable(nonce: bytes, error: Exception) -> tuple[int, bytes, bytes]:
    """The reply to a request that could not be read; memory may have run out because of the candidate."""
    if isinstance(error, MemoryError):
        return wire.LIMIT, nonce, wire.encode({"limit": "memory"})
    return wire.BROKEN, nonce, wire.encode(f"{type(error).__name__}: {error}")


def _configure(candidate: Candidate, profile: Profile, limits: dict[str, Any]) -> None:
    candidate.sink.keep = limits["stdout_bytes"]
    candidate.sink.hard = limits["stdout_hard_bytes"]
    candidate.result_bytes = limits["result_bytes"]
    if limits["threads"] > 1:
        profile.set_threads(limits["threads"])
    profile.set_device_memory(limits["device_memory_mb"])
    if limits["seed"] is not None:
        profile.reseed(limits["seed"])


def _answer(candidate: Candidate, kind: int, nonce: bytes, request: Any) -> tuple[Any, ...]:
    """Kind, nonce and body of the reply."""
    try:
        reply = _perform(candidate, kind, request)
        reply["stdout"] = candidate.sink.take()
        body = wire.encode_parts(reply, reduce=candidate.reduce, limit=candidate.result_bytes)
        return wire.DONE, nonce, *body
    except BaseException as error:
        kind, report = candidate.failure(error)
        report["stdout"] = candidate.sink.take()
        return kind, nonce, wire.encode(report)


def _perform(candidate: Candidate, kind: int, request: Any) -> dict[str, Any]:
    if kind == wire.LOAD:
        return candidate.load(request["source"])
    if kind == wire.PROVIDE:
        return candidate.provide(request["name"], request["source"])
    if kind == wire.ATTRIBUTE:
        return candidate.attribute(request["object"], request["name"])
    return candidate.call(*request)
