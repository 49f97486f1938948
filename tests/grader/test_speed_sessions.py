"""What timing asks of the engine: a process that stands still between its calls, and CPU time on the way."""

import time

import pytest

from grader.engine import Limits, errors
from tests.clocks import eventually
from tests.grader.engine.support import QUICK, honest_is_accepted, running

pytestmark = pytest.mark.sandbox
BUSY = b"""
import signal, threading, time
count = 0
def spin():
    global count
    while True:
        count += 1
def begin():
    try:
        signal.signal(signal.SIGCONT, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCONT, signal.SIGTSTP])
    except Exception:
        pass
    threading.Thread(target=spin, daemon=True).start()
def counted():
    return count
def burn(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
"""


@pytest.fixture(scope="module")
def engine():
    with running() as engine:
        yield engine


def test_a_paused_process_uses_no_cpu_time_and_goes_on_where_it_was(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(BUSY)
        session.call("begin")
        before = session.call("counted").value
        paused = session.pause()
        time.sleep(0.3)
        assert session.resume() - paused < 0.02, "a thread went on while the process was paused"
        assert eventually(lambda: session.call("counted").value > before)
        session.pause()
    assert honest_is_accepted(engine)


def test_cpu_seconds_are_those_of_the_calls(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(BUSY)
        start = session.pause()
        session.resume()
        session.call("burn", (0.2,))
        used = session.pause() - start
        assert 0.19 < used < 0.3
        assert session.finish().cpu_seconds >= used


def test_a_paused_process_can_be_ended_and_one_that_ended_can_be_paused(engine):
    with engine.open("numpy", QUICK) as session:
        session.load(b"import os\ndef leave():\n    os._exit(3)\n")
        session.pause()
    with engine.open("numpy", QUICK) as session:
        session.load(
            b"import os, threading\ndef leave():\n    threading.Timer(0.05, os._exit, (3,)).start()\n"
        )
        session.call("leave")
        time.sleep(0.3)
        session.pause()
        session.resume()
        with pytest.raises(errors.CandidateDied):
            session.call("leave")
        with pytest.raises(errors.CandidateDied):
            session.pause()


def test_a_finished_session_cannot_be_paused(engine):
    session = engine.open("numpy", Limits(seconds=2))
    session.finish()
    with pytest.raises(errors.EngineFault, match="finished"):
        session.pause()


def test_a_companion_takes_no_place_and_does_not_wait_for_one():
    with running(jobs=1, standby=1) as engine, engine.open("numpy", QUICK) as session:
        engine.wait_seconds = 20
        with engine.open("numpy", QUICK, companion=True) as companion:
            assert engine.status()["busy"] == 1
            companion.load(BUSY)
            session.load(BUSY)
            engine.wait_seconds = 0.2
            with pytest.raises(errors.EngineUnavailable, match="no place became free"):
                engine.open("numpy", QUICK)
            companion.finish()
            session.finish()
        assert honest_is_accepted(engine)
        assert eventually(lambda: engine.status()["busy"] == 0)  # the runner hears of the end a moment after
