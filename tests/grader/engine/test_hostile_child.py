"""A child that has been taken over, on a real socket pair against a real session: whatever it writes is a
fault of the candidate's or of ours, in time, and never anything else.
"""

import dataclasses
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.engine import Limits, control, errors, wire
from grader.engine.channel import Channel
from grader.engine.client import Session

LIMITS = Limits(seconds=10, result_bytes=100_000, stdout_bytes=1000)
BRIEF = dataclasses.replace(LIMITS, seconds=0.4)  # for those that use up all of it
KILLED = {"cause": "killed", "oom": False, "cpu": 0.0, "peak_mb": 1.0}
NONCE = "nonce"
CLOSE = "close"
Script = list[Any]  # bytes to write, NONCE for the nonce of the question, seconds to wait, or CLOSE


def frame(kind: int, body: bytes, length: int | None = None) -> Script:
    """A frame that answers the question; `length` may lie."""
    size = len(body) if length is None else length
    return [wire.MAGIC + bytes([kind, 0, 0, 0]), NONCE, struct.pack("<Q", size) + body]


class TakenOver(threading.Thread):
    """Reads one question after another and follows a script for each."""

    def __init__(self, sock: socket.socket, scripts: list[Script]) -> None:
        super().__init__(daemon=True)
        self.sock = sock
        self.scripts = scripts

    def run(self) -> None:
        try:
            self._question()  # the settings, which have no answer
            for script in self.scripts:
                nonce = self._question()
                for step in script:
                    self._follow(step, nonce)
        except OSError:
            return

    def _question(self) -> bytes:
        header = self._exactly(wire.HEADER.size)
        _, nonce, length = wire.parse_header(header)
        self._exactly(length)
        return nonce

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            if not more:
                raise OSError
            data += more
        return data

    def _follow(self, step: Any, nonce: bytes) -> None:
        if step == CLOSE:
            self.sock.shutdown(socket.SHUT_RDWR)
        elif isinstance(step, float):
            time.sleep(step)
        else:
            self.sock.sendall(nonce if step == NONCE else step)


def account(sock: socket.socket, how_it_ended: dict[str, Any]) -> None:
    """The runner's part: tell how the process ended."""
    try:
        control.receive(sock)
        control.send(sock, how_it_ended)
    except (control.Closed, OSError):
        return


@contextmanager
def session_with(
    *scripts: Script,
    limits: Limits = LIMITS,
    ended: dict[str, Any] = KILLED,
    child: type[TakenOver] = TakenOver,
) -> Iterator[Session]:
    """A session whose child follows a script for each request."""
    ours, runners = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    channel, childs = socket.socketpair()
    threads = [
        child(childs, list(scripts)),
        threading.Thread(target=account, args=(runners, ended), daemon=True),
    ]
    for thread in threads:
        thread.start()
    ours.settimeout(2)
    try:
        with Session(ours, Channel(channel), limits, "full") as session:
            yield session
    finally:
        for sock in (childs, runners):
            sock.close()
        for thread in threads:
            thread.join(2)


def outcome(*scripts: Script, limits: Limits = LIMITS, **options: Any) -> Any:
    """What one request for each script comes to: the last value or the fault. Never late, never both."""
    with session_with(*scripts, limits=limits, **options) as session:
        start = time.monotonic()
        try:
            for _ in scripts:
                found: Any = session.call("solve", (np.ones(3),))
        except (errors.CandidateFault, errors.EngineError) as fault:
            found = fault
            if not isinstance(fault, errors.CandidateRaised):
                with pytest.raises(type(fault)):  # it stays dead, for the same reason
                    session.call("solve")
        late = limits.seconds + 5
        assert time.monotonic() - start < late
        assert session.finish().wall_seconds < late
    return found


DONE = frame(wire.DONE, wire.encode({"value": 1, "stdout": ""}))


def test_a_proper_answer_is_a_value():
    assert outcome(DONE).value == 1
    assert outcome(DONE, DONE, DONE).value == 1


@pytest.mark.parametrize(
    ("script", "fault", "words"),
    [
        ([b"junk" * 20], errors.SandboxViolation, "other than a frame"),
        ([wire.frame(wire.DONE, bytes(8), b"N")], errors.SandboxViolation, "no question"),
        (frame(wire.CALL, b"N"), errors.SandboxViolation, "no question"),
        (frame(99, wire.encode({})), errors.SandboxViolation, "unknown kind"),
        (frame(wire.DONE, b"\xff" * 9), errors.SandboxViolation, "malformed"),
        (frame(wire.DONE, wire.encode([1])), errors.SandboxViolation, "malformed"),
        (frame(wire.READY, wire.encode(None)), errors.SandboxViolation, "malformed"),
        (frame(wire.DONE, b"", 2**63), errors.OutputLimit, "limit of 100,000 bytes"),
        (frame(wire.DONE, b"", 2**64 - 1), errors.OutputLimit, "limit of 100,000 bytes"),
        (frame(wire.RAISED, b"", 3_000_000), errors.OutputLimit, "limit"),
        (frame(wire.DONE, b"d", 100), errors.TimeLimit, "longer than the limit"),
        ([], errors.TimeLimit, "longer than the limit"),
        ([wire.MAGIC[:2]], errors.TimeLimit, "longer than the limit"),
        ([CLOSE], errors.SandboxViolation, "closed its channel"),
        ([*frame(wire.DONE, b"d", 100), CLOSE], errors.SandboxViolation, "closed its channel"),
        (frame(wire.BROKEN, wire.encode("oops")), errors.EngineFault, "could not be used"),
        (frame(wire.LIMIT, wire.encode({"limit": "memory"})), errors.MemoryLimit, "memory"),
        (frame(wire.INVALID, wire.encode({"message": 7, "line": "x"})), errors.InvalidSubmission, ""),
    ],
)  # fmt: skip
def test_each_way_of_misbehaving_has_its_fault(script, fault, words):
    found = outcome(script, limits=BRIEF if fault is errors.TimeLimit else LIMITS)
    assert type(found) is fault
    assert words in str(found)


@pytest.mark.parametrize(
    ("ended", "fault"),
    [
        ({"cause": "exit", "code": 0}, errors.CandidateDied),
        ({"cause": "signal", "code": 11}, errors.CandidateDied),
        ({"cause": "signal", "code": 31}, errors.SandboxViolation),
        ({"cause": "signal", "code": 9, "oom": True}, errors.MemoryLimit),
        ({"cause": "signal", "code": 9, "oom": False}, errors.EngineFault),
        ({"cause": "signal", "code": 9, "oom": False, "cpu": 99.0}, errors.TimeLimit),
        ({"cause": "signal", "code": 24, "oom": False}, errors.TimeLimit),
        ({"cause": "fault"}, errors.EngineFault),
        ({}, errors.CandidateDied),
    ],
)
def test_how_the_process_ended_decides_when_its_channel_closes(ended, fault):
    assert type(outcome([CLOSE], ended=ended)) is fault


def test_drop_by_drop_is_fine_while_the_time_lasts():
    slowly = [part for byte in DONE for part in ([byte] if byte == NONCE else [byte[:5], 0.01, byte[5:]])]
    assert outcome(slowly).value == 1


def test_drop_by_drop_does_not_outlast_the_time():
    drops = [part for _ in range(100) for part in (b"d", 0.1)]
    assert type(outcome([*frame(wire.DONE, b"", 1000), *drops], limits=BRIEF)) is errors.TimeLimit


def test_an_answer_twice_is_a_forgery():
    assert type(outcome([*DONE, *DONE], DONE)) is errors.SandboxViolation
    assert type(outcome([*DONE, 0.05, *DONE], DONE)) in (errors.SandboxViolation, type(outcome(DONE)))


class Replaying(TakenOver):
    """Answers every question with the nonce of the first."""

    first: bytes | None = None

    def _follow(self, step: Any, nonce: bytes) -> None:
        self.first = self.first or nonce
        super()._follow(step, self.first)


def test_the_answer_to_an_earlier_question_is_a_forgery():
    assert type(outcome(DONE, DONE, child=Replaying)) is errors.SandboxViolation


def anything() -> st.SearchStrategy[Any]:
    """Values of every sort, for the fields of a reply."""
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=8),
        st.binary(max_size=8),
        st.just(np.float32("nan")),
        st.just(np.zeros((0, 3))),
        st.builds(wire.Handle, st.integers(0, 2**64 - 1), st.text(max_size=5)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.lists(inner, max_size=4).map(tuple),
            st.dictionaries(st.sampled_from(("line", "message", "x")), inner, max_size=3),
        ),
        max_leaves=8,
    )


FIELDS = (
    "value",
    "stdout",
    "inputs",
    "keywords",
    "gradients",
    "type",
    "message",
    "bases",
    "frames",
    "line",
    "limit",
)
BODIES = st.one_of(anything(), st.dictionaries(st.sampled_from(FIELDS), anything(), max_size=6))
KINDS = st.one_of(st.sampled_from((65, 66, 67, 68, 69, 70)), st.integers(0, 255))


@settings(max_examples=250)
@given(KINDS, BODIES)
def test_whatever_a_reply_holds_ends_well(kind, body):
    found = outcome(frame(kind, wire.encode(body)))
    assert str(found)  # a value or a fault that can be put into words
    if isinstance(found, errors.CandidateFault):
        assert len(found.message) < 2500
        assert len(found.stdout) <= LIMITS.stdout_bytes + 200


@settings(max_examples=200)
@given(st.lists(st.one_of(st.binary(max_size=40), st.just(NONCE), st.just(CLOSE)), max_size=6))
def test_whatever_bytes_come_end_well(script):
    outcome([*script, CLOSE])


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_frame_ends_well(data):
    whole = bytearray(
        wire.encode({"value": [np.arange(6.0).reshape(2, 3).T, {"a": (1, "b")}], "stdout": "x"})
    )
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    found = outcome(
        [*frame(wire.DONE, bytes(whole[:cut]), data.draw(st.sampled_from((cut, len(whole))))), CLOSE]
    )
    assert isinstance(found, errors.CandidateFault) or found.value is not found
