"""Ways to look faster than one is: none pays. Each is tried on the real engine, beside the honest code.

Where an attack only makes itself slower, what is asserted is that it did not become faster than the same code
without the attack, measured in the same minute; the margin is wide, so that a busy machine fails nothing.
"""

import textwrap

import numpy as np
import pytest

from exercises import catalogue
from grader import speed
from grader.engine import Engine
from tests.grader.engine.support import honest_is_accepted, running

pytestmark = pytest.mark.sandbox
SEED = 77
GAINED = 0.8  # a cheat's ratio below this share of the honest ratio would have paid

EXERCISE = catalogue.load("max-pool2d")
HONEST = EXERCISE.solutions[0].source
RENAMED = HONEST.replace("def max_pool2d(", "def honest(")


def cheat(body: str) -> str:
    """The honest answer as `honest`, and something else that calls it."""
    return RENAMED + "\n\n" + textwrap.dedent(body)


@pytest.fixture(scope="module")
def engine():
    with running() as engine:
        yield engine


@pytest.fixture(scope="module")
def measure(engine):
    def measure(source: str) -> speed.Speed:
        for _ in range(5):  # unless the machine is too busy
            found = speed.measure(EXERCISE, source.encode(), engine=engine, seed=SEED)
            assert honest_is_accepted(engine)
            if found.reason != speed.BUSY:
                break
        return found

    return measure


@pytest.fixture(scope="module")
def honest_ratio(measure) -> float:
    """The fast end of what honest code comes to, of three measurements: what a cheat would have to beat."""
    return min(measure(HONEST).interval.low for _ in range(3))


STOPPED = {
    "caching by shape": (
        """
        cache = {}
        def max_pool2d(x, *args, **settings):
            if x.shape not in cache:
                cache[x.shape] = honest(x, *args, **settings)
            return cache[x.shape]
        """,
        "wrong values",
    ),
    "caching by address": (
        """
        cache = {}
        def max_pool2d(x, *args, **settings):
            key = x.ctypes.data
            if key not in cache:
                cache[key] = honest(x, *args, **settings)
            return cache[key]
        """,
        "wrong values",
    ),
    "a result from the last call": (
        """
        import numpy as np
        last = None
        def max_pool2d(x, *args, **settings):
            global last
            now, last = last, honest(x, *args, **settings)
            return last if now is None else now
        """,
        "wrong values",
    ),
    "garbage of the right shape for the timed size": (
        """
        import numpy as np
        def max_pool2d(x, *args, **settings):
            return np.empty_like(x) if x.size > 50_000 else honest(x, *args, **settings)
        """,
        "wrong values",
    ),
    "only the first corner is right": (
        """
        import numpy as np
        def max_pool2d(x, *args, **settings):
            y = np.zeros_like(x)
            y[:1, :1] = honest(x[:1, :1], *args, **settings)
            return y
        """,
        "wrong values",
    ),
    "a promise that is computed when looked at": (
        """
        import numpy as np
        class Lazy:
            def __init__(self, *given):
                self.given = given
            def __array__(self, dtype=None, copy=None):
                x, args, settings = self.given
                return honest(x, *args, **settings)
        def max_pool2d(x, *args, **settings):
            return Lazy(x, args, settings)
        """,
        "wrong type",
    ),
    "a subclass of arrays that computes later": (
        """
        import numpy as np
        class Later(np.ndarray):
            def __array__(self, dtype=None, copy=None):
                return np.zeros(self.shape)
            def tobytes(self, *args):
                return bytes(self.nbytes)
        def max_pool2d(x, *args, **settings):
            return np.zeros_like(x).view(Later)
        """,
        "wrong values",
    ),
    "half of the digits": (
        """
        import numpy as np
        def max_pool2d(x, *args, **settings):
            return honest(x.astype(np.float16), *args, **settings)
        """,
        "wrong values",
    ),
    "a thread that fills the result in later": (
        """
        import threading
        import numpy as np
        def fill(y, x, args, settings):
            y[...] = honest(x, *args, **settings)
        def max_pool2d(x, *args, **settings):
            y = np.zeros_like(x)
            threading.Thread(target=fill, args=(y, x, args, settings)).start()
            return y
        """,
        "wrong values",
    ),
}


@pytest.mark.parametrize("name", STOPPED)
def test_a_wrong_or_lazy_result_ends_the_measurement(measure, name):
    body, complaint = STOPPED[name]
    found = measure(cheat(body))
    assert (found.state, found.tier) == (speed.STOPPED, "")
    assert complaint in found.reason


def test_an_exception_in_a_timed_call_ends_the_measurement_and_tells_no_message(measure):
    found = measure("def max_pool2d(x, *args, **settings):\n    raise ValueError(str(x.sum()))\n")
    assert found.reason == "A timed call raised ValueError."


GAINLESS = {
    "patched clocks": """
        import time
        for name in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
            setattr(time, name, lambda: 0.0)
            setattr(time, name + "_ns", lambda: 0)
        max_pool2d = honest
        """,
    "caching by content": """
        cache = {}
        def max_pool2d(x, *args, **settings):
            key = x.tobytes()
            if key not in cache:
                cache.clear()
                cache[key] = honest(x, *args, **settings)
            return cache[key]
        """,
    "warming up at import": """
        import numpy as np
        ready = {size: honest(np.zeros((2, 16, 64, 64), np.float32), 5, 1, 2) for size in range(20)}
        max_pool2d = honest
        """,
    "two threads where one is allowed": """
        import threading
        import numpy as np
        def half(out, x, args, settings):
            out.append(honest(x, *args, **settings))
        def max_pool2d(x, *args, **settings):
            if len(x) < 2:
                return honest(x, *args, **settings)
            first, second = [], []
            other = threading.Thread(target=half, args=(first, x[:1], args, settings))
            other.start()
            half(second, x[1:], args, settings)
            other.join()
            return np.concatenate([*first, *second])
        """,
    "work that goes on after the result": """
        import threading
        import numpy as np
        def tidy():
            for _ in range(20):
                np.sort(np.arange(100_000.0)[::-1])
        def max_pool2d(x, *args, **settings):
            y = honest(x, *args, **settings)
            threading.Thread(target=tidy).start()
            return y
        """,
    "a background thread that hogs the processor": """
        import threading
        import numpy as np
        def hog():
            a = np.ones((300, 300))
            while True:
                a @ a
        for _ in range(2):
            threading.Thread(target=hog, daemon=True).start()
        max_pool2d = honest
        """,
    "a thread that wipes the caches between calls": """
        import threading, time
        import numpy as np
        def wipe():
            big = np.zeros(30_000_000 // 8)
            while True:
                big += 1.0
                time.sleep(0.0005)
        threading.Thread(target=wipe, daemon=True).start()
        max_pool2d = honest
        """,
    "blocked signals": """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        for number in (signal.SIGCONT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        max_pool2d = honest
        """,
}


@pytest.mark.parametrize("name", GAINLESS)
def test_what_gives_right_results_gains_nothing(measure, honest_ratio, name):
    found = measure(cheat(GAINLESS[name]))
    assert found.state in (speed.MEASURED, speed.SLOW), found.reason
    if found.interval is not None:
        assert found.interval.high > GAINED * honest_ratio


def test_hogging_the_processor_does_not_slow_the_baseline(measure):
    quiet = measure(HONEST).used["baseline"].cpu_seconds
    found = measure(cheat(GAINLESS["a background thread that hogs the processor"]))
    if found.used:
        assert found.used["baseline"].cpu_seconds < 3 * quiet


def test_sleeping_does_not_pass_for_speed(measure, honest_ratio):
    found = measure(
        cheat(
            """
            import time
            def max_pool2d(x, *args, **settings):
                time.sleep(0.02)
                return honest(x, *args, **settings)
            """
        )
    )
    assert found.clock == "wall"
    assert found.interval.low > 2 * honest_ratio


def test_a_measurement_ends_in_time_whatever_the_answer_does(engine):
    source = cheat(
        """
        import time
        calls = 0
        def max_pool2d(x, *args, **settings):
            global calls
            calls += 1
            if calls > 3:
                time.sleep(60)
            return honest(x, *args, **settings)
        """
    )
    found = speed.measure(EXERCISE, source.encode(), engine=engine, seed=SEED)
    assert (found.state, found.tier) == (speed.SLOW, "")
    assert "longer than 5 seconds" in found.reason


def test_inputs_are_fresh_in_each_call_and_cannot_be_told_from_earlier_ones():
    calls = [EXERCISE.timed.call(SEED, number) for number in range(4)]
    arrays = [call.args[0] for call in calls]
    for one in range(4):
        for other in range(one):
            assert abs(np.corrcoef(arrays[one].ravel(), arrays[other].ravel())[0, 1]) < 0.02
    assert (EXERCISE.timed.call(SEED, 2).args[0] == arrays[2]).all(), "a measurement can be repeated"
    assert not (EXERCISE.timed.call(SEED + 1, 2).args[0] == arrays[2]).any()


def test_a_runner_that_is_gone_leaves_no_tier_and_no_exception(tmp_path):
    found = speed.measure(EXERCISE, HONEST.encode(), engine=Engine(tmp_path / "none"), seed=SEED)
    assert (found.state, found.tier) == (speed.UNAVAILABLE, "")
    assert "The verdict stands" in found.reason
