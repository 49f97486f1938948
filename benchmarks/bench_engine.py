"""From request to report: a 12-call conv2d in the sandbox against a cold process, in the same run.

Both paths make inputs, run the candidate, bring outputs back and compare. The cold path starts an
interpreter that imports the library and does the same without any sandbox, so it is the least that a
process for each submission costs. Run: ./dev bench engine
"""

import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from grader.engine import Engine, Limits, TensorValue
from grader.engine.spawn import start_runner

CALLS = 12
ROUNDS = {"sandbox": 60, "cold": 5}
SOURCES = {
    "numpy": """
import numpy as np
def conv2d(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, w)
""",
    "torch": """
import torch
def conv2d(x, w):
    return torch.nn.functional.conv2d(x, w)
""",
}
COLD = """
import sys
import numpy as np
source, torch = open(sys.argv[1]).read(), None
if sys.argv[2] == "torch":
    import torch
    torch.set_num_threads(1)
space = {}
exec(compile(source, "solution.py", "exec"), space)
rng = np.random.default_rng(0)
for _ in range(int(sys.argv[3])):
    x, w = rng.standard_normal((2, 3, 16, 16)), rng.standard_normal((4, 3, 3, 3))
    given = [torch.from_numpy(v) for v in (x, w)] if torch else [x, w]
    got = np.asarray(space["conv2d"](*given))
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(2, 3))
    assert np.allclose(got, np.einsum("nchwij,fcij->nfhw", windows, w))
"""


def reference(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,fcij->nfhw", windows, w)


def in_sandbox(engine: Engine, profile: str) -> None:
    """One submission, from opening the session to its usage."""
    rng = np.random.default_rng(0)
    with engine.open(profile, Limits(seconds=10)) as session:
        session.load(SOURCES[profile].encode())
        for _ in range(CALLS):
            x, w = rng.standard_normal((2, 3, 16, 16)), rng.standard_normal((4, 3, 3, 3))
            given = (TensorValue(x), TensorValue(w)) if profile == "torch" else (x, w)
            value = session.call("conv2d", given).value
            got = value.array if isinstance(value, TensorValue) else value
            if not np.allclose(got, reference(x, w)):
                raise RuntimeError("wrong result")
    session.finish()


def cold(path: Path, profile: str) -> None:
    subprocess.run([sys.executable, "-c", COLD, str(path), profile, str(CALLS)], check=True)


def measure(job: Callable[[], None], rounds: int) -> dict[str, float]:
    """Milliseconds: median, 95th percentile; and submissions a second, one after the other."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        job()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return {
        "median_ms": statistics.median(times),
        "p95_ms": times[min(len(times) - 1, int(0.95 * len(times)))],
        "per_second": 1000 * len(times) / sum(times),
    }


def rows(engine: Engine, profile: str, folder: Path) -> list[tuple[str, str, dict[str, float]]]:
    path = folder / f"{profile}.py"
    path.write_text(SOURCES[profile])
    in_sandbox(engine, profile)
    warm = measure(lambda: in_sandbox(engine, profile), ROUNDS["sandbox"])
    fresh = measure(lambda: cold(path, profile), ROUNDS["cold"])
    return [(profile, "standby child, sandboxed", warm), (profile, "cold process, no sandbox", fresh)]


def main() -> None:
    profiles = [name for name in ("numpy", "torch") if importlib.util.find_spec(name)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runner = start_runner(folder / "s", tuple(profiles))
        engine = Engine(folder / "s")
        try:
            results = [row for profile in profiles for row in rows(engine, profile, folder)]
            tier = engine.status()["tier"]
        finally:
            runner.terminate()
            runner.wait(10)
    show(results, tier)


def show(results: list[tuple[str, str, dict[str, float]]], tier: str) -> None:
    print(f"{CALLS} calls of conv2d, request to report, sandbox tier {tier}")
    print(f"{'profile':<9}{'path':<28}{'p50 ms':>9}{'p95 ms':>9}{'per s':>8}{'x cold':>8}")
    base = {profile: figures["median_ms"] for profile, path, figures in results if path.startswith("cold")}
    for profile, path, figures in results:
        print(
            f"{profile:<9}{path:<28}{figures['median_ms']:9.1f}{figures['p95_ms']:9.1f}"
            f"{figures['per_second']:8.1f}{figures['median_ms'] / base[profile]:8.3f}"
        )


if __name__ == "__main__":
    main()
