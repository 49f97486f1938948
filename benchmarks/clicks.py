"""Learners who click Submit, and what each click came to.

`arrivals` is an open loop: clicks come at their own times however long the site takes, and latency counts
from the time at which a click was due. `closed_loop` sends the next click when the last one has its verdict.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from benchmarks.answers import Answer
from benchmarks.browser import Browser, Unexpected

PATIENCE_SECONDS = 60


@dataclass
class Click:
    """One submission as the browser sees it; times are seconds since the epoch."""

    exercise: str
    at: float
    pk: str = ""
    verdict: str = ""
    told: float = 0.0  # the verdict; the speed of an accepted answer may be measured after that
    shown: float = 0.0  # the whole result

    @property
    def seconds(self) -> float:
        """From the click to the verdict."""
        return self.told - self.at


async def submit(browser: Browser, answer: Answer, due: float) -> Click:
    """Post the form, follow the events to the verdict, fetch the result: what the page's script does."""
    click = Click(answer.exercise, due)
    path = f"/exercises/{answer.exercise}/submit"
    status, body = await browser.post(path, source=answer.source, kind="submit")
    if status != 201:
        raise Unexpected(f"{path}: status {status}: {body[:300].decode(errors='replace')}")
    addresses = json.loads(body)
    click.pk = addresses["events_url"].split("/")[2]
    async for kind, payload, at in browser.events(addresses["events_url"]):
        if kind in ("verdict", "finished") and not click.told:
            click.verdict, click.told = payload["verdict"], at
    status, _ = await browser.get(addresses["result_url"])
    if status != 200 or not click.told:
        raise Unexpected(f"{addresses['result_url']}: status {status}, verdict {click.verdict!r}")
    click.shown = time.time()
    return click


async def click_floor(browser: Browser, number: str, due: float) -> Click:
    """The same with an empty view and an empty task; when that ran is in the site's log."""
    status, _ = await browser.post("/floor", number=number)
    if status != 204:
        raise Unexpected(f"/floor: status {status}")
    return Click("floor", due, pk=number)


async def arrivals(
    browsers: list[Browser],
    click: Callable[[Browser, float], Awaitable[Click]],
    rate: float,
    seconds: float,
    seed: int = 0,
) -> list[Click]:
    """Clicks of a Poisson process; each goes to the learner who has been idle for longest."""
    draw = random.Random(seed)
    idle: asyncio.Queue[Browser] = asyncio.Queue()
    for browser in browsers:
        idle.put_nowait(browser)

    async def one(due: float) -> Click:
        browser = await idle.get()
        try:
            return await asyncio.wait_for(click(browser, due), PATIENCE_SECONDS)
        finally:
            idle.put_nowait(browser)

    begun, elapsed, tasks = time.time(), 0.0, []
    while (elapsed := elapsed + draw.expovariate(rate)) < seconds:
        await asyncio.sleep(max(0.0, begun + elapsed - time.time()))
        tasks.append(asyncio.create_task(one(begun + elapsed)))
    return list(await asyncio.gather(*tasks))


async def closed_loop(browsers: list[Browser], answers: Iterator[Answer], seconds: float) -> list[Click]:
    """Every learner submits again as soon as they have a verdict; gives what was shown in time."""
    end = time.time() + seconds
    done: list[Click] = []

    async def learner(browser: Browser) -> None:
        while time.time() < end:
            done.append(await submit(browser, next(answers), time.time()))

    await asyncio.gather(*(learner(browser) for browser in browsers))
    return [click for click in done if click.shown <= end]
