"""Fixtures for tests in Chromium: a small bank, a learner's session, a window that remembers complaints."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.conftest import logged_in, make_user, require_or_skip

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

MATHS = r"""---
title: Output size with $p = 1$
kind: single-choice
level: junior
tags: [output-size]
seconds: 60
options:
  - {text: "$\\lfloor n/2 \\rfloor$", correct: true, why: "Right: the stride halves it."}
  - {text: "$n^2$", correct: false, why: "That is an area."}
  - {text: "`n - 1`", correct: false, why: "That would be a kernel of 2."}
---
With kernel $k = 3$, padding $p = 1$ and stride $s = 2$ an image of side $n$ (even) gives

$$H_{out} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$

```python
nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1)  # a line much longer than a telephone is wide
```

Which is it?

## Hint

Put the numbers into $\frac{n + 2p - k}{s}$.

## Answer

$$\left\lfloor \frac{n - 1}{2} \right\rfloor + 1 = \frac{n}{2}$$

## Pitfalls

- **Forgetting the floor**: it matters for even $n$.
"""

ORDER = """---
title: One training step
kind: ordering
level: junior
tags: [training]
seconds: 60
items: [Forward pass, Loss, Backward pass, Optimiser step]
---
Put the parts of a training step into order.

## Hint

The loss needs an output.

## Answer

Forward pass, loss, backward pass, optimiser step.

## Pitfalls

- **Stepping before the backward pass**: the gradients are those of the step before.
"""


def write_bank(folder: Path) -> Path:
    bank = folder / "small"
    topic = bank / "convolution"
    topic.mkdir(parents=True)
    (bank / "bank.yaml").write_text("title: Small\ndescription: For tests.\n")
    (topic / "topic.yaml").write_text(
        "title: Convolution\norder: 1\nintro: Sizes such as $n_{out}$.\nprerequisites: []\n"
    )
    (topic / "size-with-padding.md").write_text(MATHS)
    (topic / "training-step-order.md").write_text(ORDER)
    return bank


@pytest.fixture
def bank(transactional_db: None, tmp_path: Path) -> None:
    call_command("loadbank", str(write_bank(tmp_path)), verbosity=0)


@pytest.fixture
def session(transactional_db: None) -> str:
    """The session key of a logged-in learner."""
    return logged_in(make_user("ada")).cookies["sessionid"].value


@pytest.fixture
def chromium(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    require_or_skip(Path(CHROMIUM).exists(), "Chromium (/usr/bin/chromium)")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread; the tests use the database beside it, never inside it.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A browser window that remembers every complaint of the console."""

    def __init__(self, browser: Any, url: str, session: str = "", **options: Any):
        self.url = url
        self.context = browser.new_context(base_url=url, **options)
        if session:
            self.context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        self.complaints: list[str] = []
        self.page = self.new_page()

    def new_page(self) -> Any:
        page = self.context.new_page()
        page.on(
            "console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def open(self, path: str) -> Any:
        self.page.goto(path)
        self.page.wait_for_load_state("networkidle")
        return self.page


@pytest.fixture
def visit(chromium: Any, live_server: Any) -> Iterator[Any]:
    """`visit(session="", **options)` opens a window; at the end no window may have complained."""
    windows: list[Visitor] = []

    def make(session: str = "", **options: Any) -> Visitor:
        windows.append(Visitor(chromium, live_server.url, session, **options))
        return windows[-1]

    yield make
    for window in windows:
        window.context.close()
    complaints = [text for window in windows for text in window.complaints]
    assert not complaints, complaints
