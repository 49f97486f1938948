"""The runner's own socket under nonsense, floods and disconnects: it lives on, serves and leaks nothing.

Its clients are workers, which are trusted; but one that went mad must not take the others with it.
"""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.engine import Engine, Limits, control
from tests.clocks import eventually
from tests.grader.engine.support import honest_is_accepted, running

pytestmark = pytest.mark.sandbox

FUZZ = settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.sampled_from((0, -1, 10**30, -(10**400), 2**63, 1e308, float("inf"), float("nan"), 5e-324)),
        st.floats(),
        st.text(max_size=10),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
VERBS = ("open", "finish", "status", "pause", "resume")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with running() as engine:
        yield engine


def descriptors(engine: Engine) -> int:
    return len(list(Path(f"/proc/{engine.status()['pid']}/fd").iterdir()))


def standby(engine: Engine) -> int:
    return int(engine.status()["profiles"]["numpy"]["standby"])


@pytest.fixture(autouse=True)
def lives_on(engine):
    """After each test the same runner serves, has no place taken and no more descriptors than before."""
    assert honest_is_accepted(engine)
    eventually(lambda: standby(engine) >= 2)
    pid, before = engine.status()["pid"], descriptors(engine)
    yield
    assert engine.status()["pid"] == pid
    assert eventually(lambda: engine.status()["busy"] == 0)
    assert honest_is_accepted(engine)
    assert eventually(lambda: descriptors(engine) <= before), (before, descriptors(engine))


def connected(engine: Engine) -> socket.socket:
    return control.connect(engine.socket_path, 5)


def say(engine: Engine, *packets: bytes, fds: tuple[int, ...] = (), listen: bool = True) -> None:
    """Send packets, hear at most one answer for each, and hang up."""
    with connected(engine) as sock:
        for packet in packets:
            try:
                socket.send_fds(sock, [packet], list(fds))
                if listen:
                    sock.settimeout(0.2)
                    sock.recv(control.PACKET_BYTES)
            except OSError:
                return


@FUZZ
@given(st.lists(st.binary(max_size=200), min_size=1, max_size=3))
def test_random_packets(engine, packets):
    say(engine, *packets, listen=False)


@FUZZ
@given(
    st.dictionaries(st.sampled_from(("do", "profile", "limits", "ended", "companion", "x")), JSON, max_size=6)
)
def test_packets_of_wrong_types(engine, message):
    say(engine, json.dumps(message).encode(), listen=False)


@FUZZ
@given(
    st.sampled_from(VERBS),
    st.one_of(st.just("numpy"), JSON),
    st.one_of(
        JSON,
        st.dictionaries(st.sampled_from(tuple(Limits().as_dict())), JSON, max_size=3).map(
            lambda wrong: Limits(seconds=1).as_dict() | wrong
        ),
    ),
)
def test_every_verb_with_wrong_values(engine, verb, profile, limits):
    message = {"do": verb, "profile": profile, "limits": limits, "ended": limits, "companion": profile}
    say(engine, json.dumps(message).encode())


@pytest.mark.parametrize(
    "packet",
    [
        b"[" * 60_000,
        b'{"do":' * 10_000,
        b'{"do": "status", "x": ' + b"9" * 60_000 + b"}",
        b"\xff\xfe" * 1000,
        b'{"do": "status"}' + b" " * 65_000,
        b'{"do": "' + b"x" * 65_000 + b'"}',
    ],
    ids=["deep", "deeper", "a large number", "no UTF-8", "blanks", "a long verb"],
)
def test_packets_that_a_parser_chokes_on(engine, packet):
    say(engine, packet)


@pytest.mark.parametrize("count", [1, 4, 5, 200])
@pytest.mark.parametrize(
    "packet", [b'{"do": "status"}', b"junk", b"[" * 60_000], ids=["status", "junk", "deep"]
)
def test_descriptors_that_nobody_asked_for_are_closed(engine, packet, count):
    reader, writer = os.pipe()
    try:
        for _ in range(5):
            say(engine, packet, fds=(reader,) * count)
    finally:
        os.close(reader)
        os.close(writer)


OPEN = json.dumps({"do": "open", "profile": "numpy", "limits": Limits(seconds=1).as_dict()}).encode()


@pytest.mark.parametrize("steps", range(6))
def test_hanging_up_at_every_step(engine, steps):
    """After connecting, asking, being served, running, asking to finish, having finished."""
    for _ in range(8):
        sock = connected(engine)
        received: list[int] = []
        if steps >= 1:
            sock.send(OPEN)
        if steps >= 2:
            _, received = control.receive(sock)
        if steps >= 4:
            sock.send(b'{"do": "finish", "ended": false}')
        if steps >= 5:
            control.receive(sock)
        if steps == 3:
            os.write(received[0], b"half a fra")
        for descriptor in received:
            os.close(descriptor)
        sock.close()


def test_two_sessions_on_one_connection_are_refused(engine):
    with connected(engine) as sock:
        sock.send(OPEN)
        _, first = control.receive(sock)
        sock.send(OPEN)
        answer, second = control.receive(sock)
        assert answer["error"] == "fault"
        assert second == []
        for descriptor in first:
            os.close(descriptor)


def test_a_client_that_never_listens_stops_nobody(engine):
    deaf = connected(engine)
    deaf.setblocking(False)
    until = time.monotonic() + 1
    while time.monotonic() < until:
        try:
            deaf.send(b'{"do": "status"}')
        except BlockingIOError:
            time.sleep(0.001)
        except (BrokenPipeError, ConnectionResetError):
            break  # it was shown the door
    assert honest_is_accepted(Engine(engine.socket_path, wait_seconds=20))
    deaf.close()


def test_many_idle_connections_stop_nobody(engine):
    idle = [connected(engine) for _ in range(200)]
    assert honest_is_accepted(engine)
    for sock in idle:
        sock.close()
    assert honest_is_accepted(engine)


def test_everybody_may_ask_for_a_place_at_once_and_leave(engine):
    asking = [connected(engine) for _ in range(40)]
    for sock in asking:
        sock.send(OPEN)
    for sock in asking:
        sock.close()
    assert eventually(lambda: engine.status()["busy"] == 0)


def test_processes_for_those_who_left_do_not_stay():
    """What is started for clients who wait arrives when all of them have left."""
    with running(jobs=8) as engine:
        asking = [connected(engine) for _ in range(8)]
        before = engine.status()
        os.kill(before["pid"], signal.SIGSTOP)  # so that it hears all of them before the first one leaves
        for sock in asking:
            sock.send(OPEN)
            sock.close()
        os.kill(before["pid"], signal.SIGCONT)
        assert eventually(lambda: standby(engine) == 2 and engine.status()["busy"] == 0)
        after = engine.status()["counters"]["children"]
        assert after - before["counters"]["children"] > 2
        time.sleep(0.5)
        assert standby(engine) == 2
        assert engine.status()["counters"]["children"] == after


def answers(engine: Engine, message: dict[str, Any]) -> dict[str, Any]:
    with connected(engine) as sock:
        control.send(sock, message)
        return control.receive(sock)[0]


@pytest.mark.parametrize("name", ["seconds", "memory_mb", "threads"])
@pytest.mark.parametrize("wrong", ["many", None, [1], {}, float("nan"), float("inf"), 10**30, -1, 0])
def test_limits_that_make_no_sense_are_answered(engine, name, wrong):
    message = {"do": "open", "profile": "numpy", "limits": Limits(seconds=1).as_dict() | {name: wrong}}
    answer = answers(engine, message)
    assert answer.get("error") == "fault" or "tier" in answer
