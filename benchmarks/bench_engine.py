"""The engine: from a request to the full report, against cold processes and the candidate's own compute.

All in one run, on the same answers and checks, with one BLAS thread:

    own         the candidate's calls alone, in a warm process: the floor
    judge       the fully sandboxed judgement, request to report; less `own`, that is the overhead
    cold        a new interpreter for each submission that runs the same checks without any sandbox
    bwrap       the same under bubblewrap, where that is installed

Then CPU time per submission, its share of a replacement child included; submissions a second when each
core has a judge; and the memory of waiting children and of the runner as a whole.
Run: ./dev bench engine [--device cuda] [--rounds 100] [--seconds 5]
"""

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks import processes
from benchmarks.workloads import Workload, named, workloads
from exercises.candidate import Raised
from exercises.failure import Failure
from grader.engine import Engine
from grader.engine.spawn import start_runner
from grader.judge import judge

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
ROOT = Path(__file__).resolve().parent.parent
BWRAP = "--ro-bind / / --dev /dev --proc /proc --unshare-all --die-with-parent --"
COLD_ROUNDS = {"numpy": 15, "torch": 5, "cuda": 3}
CPU_ROUNDS = 150


@contextmanager
def runner(*profiles: str) -> Iterator[tuple[Engine, subprocess.Popen[bytes]]]:
    """An engine on a runner of its own."""
    with tempfile.TemporaryDirectory() as folder:
        process = start_runner(Path(folder) / "s", profiles, log_level="warning", wait_seconds=120)
        try:
            yield Engine(Path(folder) / "s"), process
        finally:
            process.terminate()
            process.wait(20)


def once(engine: Engine, workload: Workload, seed: int) -> float:
    """Milliseconds of one judgement; raises where the verdict is not the one deserved."""
    start = time.perf_counter()
    report = judge(workload.exercise, workload.answer.encode(), engine=engine, seed=seed)
    elapsed = time.perf_counter() - start
    if report.verdict != workload.verdict:
        raise RuntimeError(f"{workload.name}: {report.verdict} {report.message} {report.fault}")
    return 1000 * elapsed


def own(workload: Workload, seed: int) -> float:
    """Milliseconds of the candidate's own calls, in this warm process."""
    candidate = workload.exercise.local(workload.answer)
    for one in workload.cases:
        with contextlib.suppress(Failure, Raised):
            one.run(candidate, seed)
    calls = candidate._driver.calls
    return 1000 * sum(call.reply.seconds for call in calls if call.reply is not None)


def cold(workload: Workload, seed: int, *wrapper: str) -> float:
    command = [*wrapper, sys.executable, "-m", "benchmarks.cold", workload.name, str(seed)]
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1", **ONE_THREAD}
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    elapsed = time.perf_counter() - start
    if done.stdout.strip() != workload.verdict:
        raise RuntimeError(f"{workload.name}, cold: {done.stdout}")
    return 1000 * elapsed


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def latency(engine: Engine, workload: Workload, rounds: int) -> str:
    """One line of the table."""
    for seed in range(3):
        once(engine, workload, seed), own(workload, seed)
    floor, judged = [], []
    for seed in range(rounds):
        judged.append(once(engine, workload, seed))
        if seed % 5 == 0:
            floor.append(own(workload, seed))
    base = statistics.median(floor)
    line = f"{workload.name:<26}{base:8.1f}{statistics.median(judged):8.1f}{percentile(judged, 0.95):8.1f}"
    line += f"{statistics.median(judged) - base:10.1f}{percentile(judged, 0.95) - base:8.1f}"
    wrappers: list[tuple[str, ...]] = [()]
    if shutil.which("bwrap"):
        wrappers.append(("bwrap", *BWRAP.split()))
    for wrapper in wrappers:
        count = COLD_ROUNDS[workload.profile]
        times = [cold(workload, seed, *wrapper) for seed in range(count)]
        line += f"{statistics.median(times):9.0f}{statistics.median(times) / statistics.median(judged):7.1f}"
    return line


def cpu_per_submission(workload: Workload) -> float:
    """Milliseconds of CPU of judge, runner, zygote and children, less what the candidate itself computes."""
    floor = statistics.median(own(workload, seed) for seed in range(20))
    with runner(workload.profile) as (engine, process):

        def spent() -> float:
            time.sleep(1.0)  # until the last children are buried and their successors wait
            return time.process_time() + processes.cpu_seconds({process.pid: "runner"})["runner"]

        once(engine, workload, 0)
        before = spent()
        for seed in range(CPU_ROUNDS):
            once(engine, workload, seed)
        return 1000 * (spent() - before) / CPU_ROUNDS - floor


def drive(socket: str, name: str, seconds: float) -> None:
    """One judge that never pauses; prints how many submissions it judged."""
    engine, workload, count = Engine(socket), named(name), 0
    once(engine, workload, 0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        once(engine, workload, count)
        count += 1
    print(count)


def throughput(workload: Workload, seconds: float, judges: int) -> float:
    """Submissions a second with this many judges at once."""
    with runner(workload.profile) as (engine, _):
        command = [sys.executable, "-m", "benchmarks.bench_engine", "--drive", engine.socket_path]
        command += [workload.name, "--seconds", str(seconds)]
        environment = os.environ | ONE_THREAD
        started = [
            subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
            for _ in range(judges)
        ]
        return sum(int(process.communicate()[0]) for process in started) / seconds


def memory(profiles: list[str]) -> list[str]:
    """Private memory of a waiting child, and the whole of a runner with its zygotes and waiting children."""
    lines = []
    with runner(*profiles) as (engine, process):
        while not all(item["standby"] or item["unavailable"] for item in _profiles(engine)):
            time.sleep(0.1)
        time.sleep(1.0)
        for profile, private in processes.waiting_children_mb(process.pid, profiles).items():
            lines.append(f"a waiting child, {profile}: {private:.1f} MB private")
        whole = processes.memory_mb({process.pid: "runner"})["runner"]
    lines.append(
        f"runner with {' and '.join(profiles)}, all processes: {whole:.0f} MB (proportional set size)"
    )
    return lines


def _profiles(engine: Engine) -> list[dict[str, object]]:
    return list(engine.status()["profiles"].values())


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench engine")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement of throughput")
    parser.add_argument("--drive", nargs=2, metavar=("SOCKET", "WORKLOAD"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):  # too late for this process
        command = [sys.executable, "-m", "benchmarks.bench_engine", *sys.argv[1:]]
        os.execve(sys.executable, command, os.environ | ONE_THREAD)
    if arguments.drive:
        socket, name = arguments.drive
        drive(socket, name, arguments.seconds)
        return
    items = [item for item in workloads(arguments.device) if _installed(item)]
    items = show_latency(items, arguments.rounds)
    if not items:
        return
    judges = (os.cpu_count() or 1) if arguments.device == "cpu" else 1
    print(f"\n{'':<26}{'CPU ms beyond own':>20}{f'a second, {judges} judges':>24}")
    for item in items:
        rate = throughput(item, arguments.seconds, judges)
        print(f"{item.name:<26}{cpu_per_submission(item):20.1f}{rate:24.1f}", flush=True)
    print()
    for line in memory(sorted({item.profile for item in items})):
        print(line)


def show_latency(items: list[Workload], rounds: int) -> list[Workload]:
    """Print the table; gives the workloads that this machine can run."""
    served = []
    with runner(*sorted({item.profile for item in items})) as (engine, _):
        status = engine.status()
        print(f"milliseconds, {rounds} rounds, sandbox tier {status['tier']}")
        print(f"{'':<26}{'own':>8}{'judge':>8}{'p95':>8}{'overhead':>10}{'p95':>8}", end="")
        print(f"{'cold':>9}{'times':>7}" + (f"{'bwrap':>9}{'times':>7}" if shutil.which("bwrap") else ""))
        for item in items:
            if problem := _profile(engine, item):
                print(f"{item.name:<26}not run: {problem}")
            else:
                print(latency(engine, item, rounds), flush=True)
                served.append(item)
    return served


def _profile(engine: Engine, item: Workload) -> str:
    """Why the runner cannot serve a workload; waits while its profile is still getting ready."""
    while True:
        profile = engine.status()["profiles"][item.profile]
        if profile["ready"] or profile["unavailable"]:
            return str(profile["unavailable"])
        time.sleep(0.1)


def _installed(item: Workload) -> bool:
    return item.profile == "numpy" or find_spec("torch") is not None


if __name__ == "__main__":
    main()
