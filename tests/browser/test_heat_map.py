"""Heat maps and pictures of a result: both themes, desk and telephone, keyboard, and a real answer."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from exercises import catalogue, compare, reference
from exercises.candidate import Call, Reply, Request
from exercises.failure import Failure
from grader import heat, lifecycle, pictures
from grader.models import Submission
from tests.browser import test_journey
from tests.browser.chromium import CHROMIUM, chromium, visit  # noqa: F401
from tests.browser.test_design import LOW_CONTRAST, OVERFLOW
from tests.browser.test_journey import window  # noqa: F401
from tests.conftest import logged_in, make_user, require_or_skip
from tests.grader.conftest import REPORT
from tests.site import Site, running_site

pytestmark = [pytest.mark.browser]

WINDOWS = [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
# Contrast of each number against its cell.
CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = (element) => {
    canvas.fillStyle = getComputedStyle(element).fill; canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const map = document.querySelector(".heat__main .heat__grid");
  const value = (element, name) => Number(element.getAttribute(name));
  const holds = (cell, x, y) => x > value(cell, "x") && y > value(cell, "y")
    && x < value(cell, "x") + value(cell, "width") && y < value(cell, "y") + value(cell, "height");
  return [...map.querySelectorAll(".heat__word")].map((word) => {
    const [x, y] = [value(word, "x"), value(word, "y")];
    const cell = [...map.querySelectorAll(".heat__cell")].find((cell) => holds(cell, x, y));
    const [a, b] = [luminance(word), luminance(cell)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}
"""


def starting(text: str) -> re.Pattern[str]:
    return re.compile(f"^{re.escape(text)}")


def wrong_case(
    name: str, actual: np.ndarray, expected: np.ndarray, call: Call | None = None
) -> dict[str, Any]:
    """A failed case of conv2d-batch as the judge would report it."""
    exercise = catalogue.load("conv2d-batch")
    with pytest.raises(Failure) as caught:
        compare.close(actual, expected, 1e-9, 1e-9, None)
    call = call or Call(Request("conv2d", ()), Reply(actual))
    drawn = heat.drawn(exercise, call, caught.value, time.thread_time() + 5)
    texts = {"call": "conv2d", "expected": "an array", "actual": "an array", "message": "wrong values"}
    return {"name": name, "visible": True, "verdict": "wrong_answer", "points": 1, **texts, **drawn}


def cases() -> list[dict[str, Any]]:
    """A convolution with errors of all sorts, a large array, and a row with pictures."""
    rng = np.random.default_rng(3)
    x, w = rng.standard_normal((2, 3, 8, 8)), rng.standard_normal((4, 3, 3, 3))
    expected = reference.conv2d(x, w, padding=1)
    actual = expected.copy()
    actual[0, 1, 2:5, 3:6] += rng.standard_normal((3, 3))
    actual[0, 1, 7, :3] = np.nan, np.inf, -np.inf
    actual[1, 2] *= -1
    call = Call(Request("conv2d", (x, w, None), {"padding": 1}), Reply(actual))
    large = rng.standard_normal((3, 40, 100))
    row, ramp = rng.standard_normal(12), np.add.outer(np.arange(28.0), np.arange(28.0))
    shown = [
        pictures.pair("A filtered digit", ramp[::-1], ramp),
        pictures.pair("Filters in colour", [1], rng.random((12, 20, 3))),
    ]
    return [
        wrong_case("two images", actual, expected, call),
        wrong_case("a large array", large + (np.arange(100) > 49), large),
        {**wrong_case("a row", row + (np.arange(12) == 5), row), "pictures": shown},
    ]


@pytest.fixture
def running(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Submission]:
    """A session of a learner, and their submission that is being judged."""
    monkeypatch.setattr(catalogue, "slugs", lambda *folder: ["conv2d-batch"])
    user = make_user("ada")
    lifecycle.enqueue(made := Submission(user=user, exercise="conv2d-batch", source="x = 1\n"))
    claimed = lifecycle.claim(made.pk)
    assert claimed is not None
    return logged_in(user).cookies["sessionid"].value, claimed


@pytest.fixture
def result(running: tuple[str, Submission]) -> tuple[str, str]:
    """A session of a learner, and the page of their wrong answer."""
    session, claimed = running
    lifecycle.finish(claimed, {**REPORT, "cases": cases()}, "v")
    return session, claimed.get_absolute_url()


def test_everything_fits_and_can_be_read_in_every_window(visit, result):  # noqa: F811
    session, url = result
    for scheme, width in WINDOWS:
        page = visit(session, color_scheme=scheme, viewport={"width": width, "height": 1000}).open(url)
        expect(page.locator(".heat__grid")).to_have_count(3)  # folded cases are not drawn yet
        page.evaluate("document.querySelectorAll('details.case').forEach((fold) => fold.open = true)")
        page.locator(".pictures__image").first.wait_for()
        page.wait_for_function("document.querySelectorAll('.heat__grid').length === 5")
        for view in range(3):
            page.locator(".heat__view").nth(view).click()
            assert page.evaluate(OVERFLOW) <= 0, (scheme, width)
            assert page.evaluate(LOW_CONTRAST) == [], (scheme, width)
            ratios = page.evaluate(CONTRAST)
            assert (width == 390) == (not ratios), "numbers are in the cells where there is room"
            assert min(ratios, default=9) >= 4.4, (scheme, width, view)


def test_the_map_opens_at_the_first_wrong_cell_and_is_walked_by_keyboard(visit, result):  # noqa: F811
    session, url = result
    page = visit(session, viewport={"width": 1280, "height": 1000}).open(url)
    main = page.locator(".heat__main").first
    readout, said = main.locator(".heat__readout"), main.locator("[role=status]")
    expect(readout).to_have_text(starting("[0, 1, 2, 3] wrong: yours "))
    expect(main.locator(".heat__slider-words")).to_have_text(["image 1 of 2", "channel 2 of 4"])
    expect(main.locator(".heat__first")).to_have_count(1)
    marks = {name: main.locator(f".heat__sign--{name}").count() for name in ("tick", "wrong")}
    assert marks == {"tick": 64 - 12, "wrong": 12}, "right and wrong are told apart without colour"
    assert {"NaN", "+∞", "−∞"} <= set(main.locator(".heat__word").all_text_contents())

    main.locator(".heat__box").focus()
    page.keyboard.press("ArrowLeft")
    expect(said).to_have_text(starting("[0, 1, 2, 2] right: "))
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    assert said.inner_text() == readout.inner_text()
    expect(said).to_have_text(starting("[0, 1, 7, 2] wrong: yours −∞, expected "))
    page.keyboard.press("Home")
    expect(said).to_have_text(starting("[0, 1, 2, 3] wrong"))

    slider = main.locator("input[type=range]").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "image 2 of 2")
    expect(main.locator(".heat__about")).to_have_text("0 of 64 cells here are wrong")
    expect(main.locator(".heat__first")).to_have_count(0)
    main.locator("input[type=range]").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(main.locator(".heat__about")).to_have_text("64 of 64 cells here are wrong")
    main.get_by_role("button", name="First wrong cell").click()
    expect(main.locator(".heat__slider-words")).to_have_text(["image 1 of 2", "channel 2 of 4"])


def test_the_views_show_their_own_numbers(visit, result):  # noqa: F811
    session, url = result
    page = visit(session, viewport={"width": 1280, "height": 1000}).open(url)
    main = page.locator(".heat__main").first
    shown = []
    for name in ("Difference", "Expected", "Yours"):
        button = main.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert name.lower() in main.locator(".heat__box").get_attribute("aria-label")
        shown.append(tuple(main.locator(".heat__word").all_text_contents()))
    difference, expected, yours = shown
    assert len(expected) == len(yours) == 64
    assert sum(one != other for one, other in zip(expected, yours, strict=True)) == 12 == len(difference)


def test_the_inputs_that_feed_the_cell_are_outlined_and_channels_go_together(visit, result):  # noqa: F811
    session, url = result
    page = visit(session, viewport={"width": 1280, "height": 1000}).open(url)
    image, weights = page.locator(".heat__argument").all()
    assert re.sub(r"\s+", " ", image.locator("figcaption").inner_text()) == "x: 27 of 384 entries"
    expect(image.locator(".heat__cell--feeds")).to_have_count(9)
    expect(image.locator(".heat__feeds")).to_have_count(1)
    expect(weights.locator(".heat__slider-words")).to_have_text(["filter 2 of 4", "channel 1 of 3"])
    image.locator("input[type=range]").nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(weights.locator(".heat__slider-words")).to_have_text(["filter 2 of 4", "channel 2 of 3"])
    image.locator(".heat__box").focus()
    page.keyboard.press("ArrowRight")
    assert image.locator("[role=status]").inner_text().endswith(", feeds the cell")


def test_the_panes_of_the_exercise_scroll_and_not_the_page(visit, result):  # noqa: F811
    session, _ = result
    page = visit(session, viewport={"width": 1280, "height": 900}).open("/exercises/conv2d-batch/")
    page.locator(".heat__grid").first.wait_for()
    assert page.evaluate("document.documentElement.scrollHeight") <= 900
    assert page.evaluate("document.querySelector('[data-pane=results]').scrollHeight") > 900


def test_who_waits_reads_how_far_the_case_is(visit, running):  # noqa: F811
    session, claimed = running
    lifecycle.progress(claimed, 3, 9, "the third case", "split 2 of 3: accuracy 0.987")
    told = claimed.events.last()
    # The live server of these tests does not stream; what the site would send is given in its place.
    body = f"event: {told.kind}\ndata: {json.dumps(told.payload)}\nid: {told.seq}\n\n"
    page = visit(session).page
    page.route("**/events", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    page.goto(claimed.get_absolute_url())
    page.get_by_text("Case 3 of 9: the third case, split 2 of 3: accuracy 0.987", exact=True).wait_for()


def test_a_cut_array_says_what_is_left_and_pictures_have_words(visit, result):  # noqa: F811
    session, url = result
    page = visit(session, viewport={"width": 1280, "height": 1000}).open(url)
    large, row = page.locator(".case").all()[1:]
    large.locator("summary").click()
    large.locator(".heat__grid").wait_for()
    expect(large.locator(".heat__note")).to_contain_text("18 to 81 of axis 2 (which has 0 to 99)")
    row.locator("summary").click()
    sizes = row.locator("img").evaluate_all("all => all.map((e) => [e.naturalWidth, e.width, e.alt])")
    assert [size[:2] for size in sizes] == [[28, 224], [28, 224], [20, 220]]
    assert sizes[0][2] == "Yours: A filtered digit, 28 by 28 pixels"
    expect(row.locator(".pictures__none")).to_have_text("a list came back, which is no picture")


def test_without_scripts_the_numbers_are_text(visit, result):  # noqa: F811
    session, url = result
    page = visit(session, java_script_enabled=False, viewport={"width": 1280, "height": 1000}).open(url)
    first = page.locator(".case").first
    expect(first).to_contain_text("an array")
    assert '"difference"' not in first.inner_text()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require_or_skip(Path(CHROMIUM).exists(), "Chromium (/usr/bin/chromium)")
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.mark.sandbox
@pytest.mark.slow
def test_a_learner_sees_the_map_of_a_wrong_answer_right_after_submitting(window):  # noqa: F811
    page = window
    test_journey.sign_up(page, "grace")
    page.goto("/exercises/conv2d-batch/")
    mistake = test_journey.CATALOGUE / "mistakes" / "flips_kernels.py"
    assert "Wrong answer" in test_journey.submit(page, mistake.read_text())
    main = page.locator(".heat__main").first
    main.wait_for()
    slider = main.locator("input[type=range]").first
    words = slider.get_attribute("aria-valuetext")
    assert re.fullmatch(r"channel \d of 2", words)
    slider.focus()
    page.keyboard.press("ArrowLeft" if words.startswith("channel 2") else "ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuetext", words)
    assert page.locator(".heat__argument").count() >= 2
    page.reload()
    assert page.locator(".heat__grid").count() >= 3
