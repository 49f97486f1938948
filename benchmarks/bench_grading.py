"""End to end: from a click on Submit to the verdict in the browser, through web, broker, worker and events.

Starts a whole site on this machine (see benchmarks/site.py), lets learners submit right and wrong answers
at a fixed rate, and says how long they waited, where the time went and what each process used. The load
generator runs on the same machine. An empty view with an empty task, clicked at the same rate in the same
run, is the floor. Run: ./dev bench grading [--broker embedded] [--rate 10] [--seconds 30] [--workers 2]
"""

import argparse
import asyncio
import os
import statistics
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from benchmarks import clicks, site
from benchmarks.answers import mixture
from benchmarks.browser import Browser
from benchmarks.clicks import Click
from benchmarks.floor.tasks import LOG
from benchmarks.processes import cpu_seconds, memory_mb
from benchmarks.site import Site

LEARNERS = 60  # enough that nobody has to wait for a verdict of their own
FLOOR_SECONDS = 8.0
PEOPLE = """
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
sessions = []
for number in range(given["count"]):
    user = User.objects.create_user(f"learner{number}")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    sessions.append(session.session_key)
print(json.dumps(sessions))
"""
ROWS = """
from grader.models import Submission
rows = {}
for row in Submission.objects.prefetch_related("events"):
    at = {event.kind: event.created.timestamp() for event in row.events.all()}
    told = at.get("verdict", row.finished.timestamp())
    rows[str(row.pk)] = [row.created.timestamp(), row.started.timestamp(), at["running"],
                         row.report.get("seconds", 0.0), told, row.attempt]
print(json.dumps(rows))
"""
STAGES = {
    "post": "click until the row is written",
    "queue": "commit, broker, until a worker takes it",
    "claim": "the claim and its event",
    "judge": "the judge with its sandboxed session",
    "store": "waiting for the runner, progress, report",
    "deliver": "the verdict's way to the browser",
}


@dataclass
class Measured:
    """One run: the clicks, and what the processes used meanwhile."""

    done: list[Click]
    cpu: dict[str, float]


def run(
    place: Site,
    browsers: list[Browser],
    click: Callable[[Browser, float], Awaitable[Click]],
    rate: float,
    seconds: float,
) -> Measured:
    before = cpu_seconds(_groups(place))
    done = _loop(clicks.arrivals(browsers, click, rate, seconds), browsers)
    after = cpu_seconds(_groups(place))
    return Measured(done, {name: after[name] - before[name] for name in after})


def _groups(place: Site) -> dict[int, str]:
    return {**place.roots, os.getpid(): "this load"}


def _loop(work: Any, browsers: list[Browser]) -> list[Click]:
    """Run to the end; connections don't outlive their event loop."""

    async def all_of_it() -> list[Click]:
        try:
            return list(await work)
        finally:
            for browser in browsers:
                browser.close()

    return asyncio.run(all_of_it())


# Tables


def percentiles(values: Iterable[float]) -> str:
    """Median, 95th and 99th percentile of seconds, in ms."""
    ordered = sorted(values)
    if not ordered:
        return f"{'-':>8}" * 3
    picks = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.95, 0.99)]
    return "".join(f"{1000 * value:8.1f}" for value in (statistics.median(ordered), *picks))


def show_latency(done: list[Click], floor: list[float]) -> None:
    print(f"  {'click to verdict':<46}{'n':>5}{'p50 ms':>8}{'p95':>8}{'p99':>8}")
    for kind in sorted({(click.exercise, click.verdict) for click in done}):
        times = [click.seconds for click in done if (click.exercise, click.verdict) == kind]
        print(f"  {': '.join(kind):<46}{len(times):5}{percentiles(times)}")
    for name, times in (
        ("all", [click.seconds for click in done]),
        ("until the result is on the page", [click.shown - click.at for click in done]),
        ("floor: empty view and empty task", floor),
    ):
        print(f"  {name:<46}{len(times):5}{percentiles(times)}")
    ratio = statistics.median(click.seconds for click in done) / statistics.median(floor)
    print(f"  median over the floor's: {ratio:.1f}")


def show_stages(done: list[Click], rows: dict[str, list[float]]) -> None:
    """Where the time between click and verdict went; the stages add up to it."""
    parts = {name: [] for name in STAGES}
    for click in done:
        created, started, running, judged, told, _ = rows[click.pk]
        spent = (created - click.at, started - created, running - started, judged,
                 told - running - judged, click.told - told)  # fmt: skip
        for name, seconds in zip(STAGES, spent, strict=True):
            parts[name].append(seconds)
    whole = sum(click.seconds for click in done)
    print(f"\n  {'stage':<51}{'p50 ms':>8}{'p95':>8}{'p99':>8}{'share':>8}")
    for name, meaning in STAGES.items():
        share = f"{100 * sum(parts[name]) / whole:6.0f} %"
        print(f"  {name:<9}{meaning:<42}{percentiles(parts[name])}{share}")


def show_use(title: str, cpu: dict[str, float], number: int, memory: dict[str, float]) -> None:
    print(f"\n  {title:<51}" + "".join(f"{name:>11}" for name in [*cpu, "all"]))
    figures = [*cpu.values(), sum(cpu.values())]
    print(f"  {'CPU ms':<51}" + "".join(f"{1000 * used / number:11.1f}" for used in figures))
    if memory:
        figures = [*memory.values(), sum(memory.values())]
        print(f"  {'memory, MB in all':<51}" + "".join(f"{used:11.0f}" for used in figures))


# The benchmark


def floor_times(place: Site, browsers: list[Browser], rate: float) -> list[float]:
    """Seconds from the click to the empty task's run."""
    numbers = count()
    click = lambda browser, due: clicks.click_floor(browser, str(next(numbers)), due)  # noqa: E731
    done = run(place, browsers, click, rate, FLOOR_SECONDS).done
    ran: dict[str, float] = {}

    def all_ran() -> bool:
        lines = (place.var / LOG).read_text().splitlines()
        ran.update((number, float(at)) for number, at in (line.split() for line in lines))
        return len(ran) == len(done)

    site.wait_for("the empty tasks", all_ran, 30)
    return [ran[click.pk] - click.at for click in done]


def measure(kind: str, options: argparse.Namespace) -> None:
    with site.running(kind, options.workers, dict(options.setting)) as place:
        browsers = [Browser(place.port, key) for key in place.ask(PEOPLE, count=LEARNERS)]
        answers = mixture(set(options.profiles.split(",")))
        click = lambda browser, due: clicks.submit(browser, next(answers), due)  # noqa: E731
        run(place, browsers, click, options.rate, options.warm_up)
        floor = floor_times(place, browsers, options.rate)
        measured = run(place, browsers, click, options.rate, options.seconds)
        rows = place.ask(ROWS)
        print(
            f"\n{kind}: {len(measured.done)} submissions at {options.rate:g} a second, {os.cpu_count()} cores"
        )
        show_latency(measured.done, floor)
        show_stages(measured.done, rows)
        show_use("used by a submission", measured.cpu, len(measured.done), memory_mb(_groups(place)))
        again = sum(rows[click.pk][-1] > 1 for click in measured.done)
        if again:
            print(f"  {again} submissions needed more than one attempt: faults of ours; see the log")
        if options.saturation:
            saturate(place, browsers[: options.crowd], answers, options.saturation)


def saturate(place: Site, browsers: list[Browser], answers: Any, seconds: float) -> None:
    before = cpu_seconds(_groups(place))
    done = _loop(clicks.closed_loop(browsers, answers, seconds), browsers)
    after = cpu_seconds(_groups(place))
    waited = percentiles(click.seconds for click in done)
    print(f"\n  {len(browsers)} learners without a pause: {len(done) / seconds:.1f} a second;{waited} ms")
    show_use("then used by a submission", {name: after[name] - before[name] for name in after}, len(done), {})


def setting(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench grading", description="From click to verdict.")
    parser.add_argument("--broker", choices=["services", "embedded", "both"], default="both",
                        help="PostgreSQL and Redis, or SQLite and files; default both")  # fmt: skip
    parser.add_argument("--rate", type=float, default=10.0, help="submissions a second; default 10")
    parser.add_argument("--seconds", type=float, default=30.0, help="default 30")
    parser.add_argument("--warm-up", type=float, default=6.0, help="seconds that are not counted; default 6")
    parser.add_argument("--saturation", type=float, default=10.0, help="seconds without a pause; 0 for none")
    parser.add_argument(
        "--crowd", type=int, default=12, help="learners who submit without a pause; default 12"
    )
    parser.add_argument("--workers", type=int, help="processes of the worker; default as ./dev serve")
    parser.add_argument("--setting", type=setting, action="append", default=[], metavar="NAME=VALUE",
                        help="one of docs/settings.md for the site; STRIDE_SPEED_TIERS=0")  # fmt: skip
    parser.add_argument("--profiles", default="numpy,torch", help="default numpy,torch")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    kinds = ["services", "embedded"] if chosen.broker == "both" else [chosen.broker]
    missing = site.missing_services()
    for kind in kinds:
        if kind == "services" and missing:
            print(f"services: not measured, {missing} missing on this machine")
            continue
        measure(kind, chosen)


if __name__ == "__main__":
    main()
