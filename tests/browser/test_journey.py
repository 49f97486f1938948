"""What people do, in Chromium, on the site that `./dev serve` starts: real worker, runner, event stream."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import ARGUMENTS, CHROMIUM
from tests.conftest import require_or_skip
from tests.site import ROOT, Site, running_site

pytestmark = [pytest.mark.browser, pytest.mark.sandbox, pytest.mark.slow]

CATALOGUE = ROOT / "exercises" / "catalogue" / "conv2d-batch"
VERDICT_MILLISECONDS = 60_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require_or_skip(Path(CHROMIUM).exists(), "Chromium (/usr/bin/chromium)")
    with running_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def window(site: Site) -> Iterator[Any]:
    """A new browser window on the site; it must not have complained at the end."""
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900}).new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        browser.close()
    assert complaints == []


def sign_up(page: Any, name: str) -> None:
    page.goto("/accounts/signup/")
    page.fill("[name=username]", name)
    page.fill("[name=password1]", "a quiet blue heron")
    page.fill("[name=password2]", "a quiet blue heron")
    page.click("main form button")
    page.wait_for_url("**/")
    assert name in page.inner_text("header")


def log_in(page: Any, name: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", name)
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_url("**/")


def write_code(page: Any, source: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)


def submit(page: Any, source: str) -> str:
    """Submit from the editor and wait, without a reload, for the verdict that the page then shows."""
    write_code(page, source)
    # The verdict of an earlier submission must not be taken for this one's.
    page.evaluate("window.stayed = true; document.querySelector('#results').replaceChildren()")
    page.click("[data-editor-submit]")
    page.locator("live-submission[data-state=finished] .verdict").first.wait_for(timeout=VERDICT_MILLISECONDS)
    assert page.evaluate("window.stayed"), "the page was not reloaded"
    return page.inner_text("#results")


def test_a_learner_signs_up_answers_and_solves_an_exercise(window):
    page = window
    sign_up(page, "ada")

    page.goto("/questions/kernel-3-to-7-effect/")
    options = page.locator("input[name=choice]")
    texts = page.locator(".option__text").all_inner_texts()
    wrong = next(index for index, text in enumerate(texts) if "5.4" not in text)
    options.nth(wrong).check()
    page.click("button[value=answer]")
    page.locator("#feedback").wait_for()
    assert "Not right" in page.inner_text("#feedback") or page.locator(".feedback--bad").count() == 1
    assert page.locator(".option--wrong .option__why").inner_text() != ""
    assert page.locator("#worked").count() == 1

    page.goto("/questions/simplecnn-output-shape/")
    page.fill("#answer", "1 x 32 x 16 x 16")
    page.keyboard.press("Enter")
    page.locator(".feedback--good").wait_for()

    page.goto("/exercises/conv2d-batch/")
    wrong_answer = submit(page, (CATALOGUE / "mistakes" / "stride_pair_swapped.py").read_text())
    assert "Wrong answer" in wrong_answer
    assert page.locator(".diagnosis").count() >= 1
    assert "stride" in page.locator(".diagnosis").first.inner_text().lower()

    right_answer = submit(page, (CATALOGUE / "solution.py").read_text())
    assert "Accepted" in right_answer
    page.reload()
    assert "Accepted" in page.inner_text("#results")

    page.goto("/history/")
    assert "kernel" in page.inner_text("main").lower()
    page.goto("/submissions/")
    assert page.locator(".badge--accepted, .badge--wrong_answer").count() >= 2


QUESTIONS = {
    "padding-keeps-size": {
        "kind": "true-false",
        "title": "Padding of one",
        "prompt": "A $3 \\times 3$ convolution of stride 1 with padding 1 keeps the size.",
        "value": "true",
        "why": "One pixel on each side makes up for the two that the kernel takes.",
    },
    "tiny-output": {
        "kind": "numeric",
        "title": "A tiny output",
        "prompt": "How wide is the output of a $3 \\times 3$ convolution on 7 pixels, without padding?",
        "value": "5",
    },
}


def add_question(page: Any, slug: str, fields: dict[str, str]) -> None:
    page.goto(f"/admin/quizbank/question/add/?kind={fields['kind']}")
    for name in ("title", "prompt", "why"):
        if name in fields:
            page.fill(f"[name={name}]", fields[name])
    page.fill("[name=slug]", slug)
    for name, label in (("bank", "Week one"), ("topic", "Convolution"), ("status", "Published")):
        page.select_option(f"select[name={name}]", label=label)
    if fields["kind"] == "true-false":
        page.check(f"[name=value][value={fields['value']}]")
    else:
        page.fill("[name=value]", fields["value"])
    page.fill("[name=hint_1]", "Count the positions of the kernel.")
    page.fill("[name=worked_answer]", "$n - k + 1 + 2p$ positions fit.")
    page.fill("[name=pitfalls]", "- **Forgetting the 1**: the first position counts.")
    page.click("button[name=_save], input[name=_save]")
    page.wait_for_url("**/admin/quizbank/question/")


def test_an_instructor_adds_a_bank_that_a_learner_then_answers(site, window):
    page = window
    log_in(page, *site.accounts["instructor"])
    page.goto("/admin/quizbank/bank/add/")
    page.fill("[name=slug]", "week-one")
    page.fill("[name=title]", "Week one")
    page.click("button[name=_save], input[name=_save]")
    page.wait_for_url("**/admin/quizbank/bank/")
    for slug, fields in QUESTIONS.items():
        add_question(page, slug, fields)
    page.context.clear_cookies()

    log_in(page, *site.accounts["learner"])
    page.goto("/questions/padding-keeps-size/")
    page.locator(".option", has_text="True").locator("input").check()
    page.click("button[value=answer]")
    page.locator(".feedback--good").wait_for()
    page.goto("/questions/tiny-output/")
    page.fill("#answer", "5")
    page.click("button[value=answer]")
    page.locator(".feedback--good").wait_for()


@pytest.mark.torch
def test_a_torch_exercise_is_graded(site, window):
    page = window
    log_in(page, *site.accounts["learner"])
    page.goto("/exercises/bn-eval-mode-bug/")
    folder = ROOT / "exercises" / "catalogue" / "bn-eval-mode-bug"
    assert "Accepted" in submit(page, (folder / "solution.py").read_text())


HOSTILE = """
import os, socket

def conv2d(x, w, b=None, stride=1, padding=0, dilation=1, groups=1):
    socket.create_connection(("127.0.0.1", 6379))
"""


def test_hostile_and_endless_code_harm_nothing(site, window):
    page = window
    log_in(page, *site.accounts["learner"])
    page.goto("/exercises/conv2d-batch/")
    assert "Runtime error" in submit(page, HOSTILE)
    page.goto("/exercises/conv2d-single-filter/")
    assert "Time limit" in submit(
        page, "def conv2d_single(*args, **options):\n    while True:\n        pass\n"
    )
    assert "<script>" not in page.content()
