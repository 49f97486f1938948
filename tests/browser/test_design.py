"""The look of the site in a real browser: nothing complains, overflows or moves; themes stay."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import bank, chromium, session, visit  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bank")]

QUESTION = "/questions/size-with-padding/"
EXERCISE = "/exercises/conv2d-batch/"
PUBLIC = [
    "/", "/topics/", "/topics/convolution/", QUESTION, "/questions/training-step-order/", "/practice/",
    "/exercises/", EXERCISE, "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/",
]  # fmt: skip
OWN = [
    "/", "/history/", "/submissions/", "/practice/", EXERCISE,
    "/accounts/email/", "/accounts/password/change/", "/accounts/logout/",
]  # fmt: skip

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WATCH_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""
# Contrast of text against the nearest background that is painted, for every element that holds text itself.
LOW_CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const over = (top, base) => top.slice(0, 3).map((v, i) => v * top[3] / 255 + base[i] * (1 - top[3] / 255));
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) =>
    0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const background = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(rgba(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((base, layer) => over(layer, base), [255, 255, 255]);
  };
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
    if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest(".visually-hidden, .katex-mathml, svg, progress, :disabled, .skip-link")) continue;
    const style = getComputedStyle(element);
    const base = background(element);
    const [a, b] = [luminance(over(rgba(style.color), base)), luminance(base)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const name = element.className || element.tagName;
    if (ratio < (large ? 3 : 4.5)) found.push(`${name}: "${text.slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return found;
}
"""


@pytest.mark.parametrize("width", [360, 1280])
def test_no_public_page_complains_or_overflows(visit, width):  # noqa: F811
    window = visit(viewport={"width": width, "height": 800})
    for path in PUBLIC:
        page = window.open(path)
        assert page.evaluate(OVERFLOW) <= 0, path


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_of_a_learner_complains_or_overflows(visit, session, width):  # noqa: F811
    window = visit(session, viewport={"width": width, "height": 800})
    for path in OWN:
        page = window.open(path)
        assert page.evaluate(OVERFLOW) <= 0, path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_can_be_read(visit, theme):  # noqa: F811
    window = visit(color_scheme=theme, viewport={"width": 1280, "height": 900})
    for path in PUBLIC:
        assert window.open(path).evaluate(LOW_CONTRAST) == [], path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_explained_answer_can_be_read(visit, theme):  # noqa: F811
    page = visit(color_scheme=theme).open(QUESTION)
    page.keyboard.press("h")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    page.locator(".feedback").wait_for()
    assert page.evaluate(LOW_CONTRAST) == []


@pytest.mark.parametrize("path", ["/", QUESTION, "/topics/convolution/", EXERCISE])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_fonts_and_maths_arrive(visit, path, width):  # noqa: F811
    window = visit(viewport={"width": width, "height": 844})
    window.context.add_init_script(WATCH_SHIFTS)
    page = window.open(path)
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifts") < 0.01


def test_maths_is_typeset_and_readable_by_screen_readers(visit):  # noqa: F811
    page = visit().open(QUESTION)
    assert page.locator(".math--done .katex").count() >= 5
    assert page.locator(".math .katex-mathml math").count() >= 5
    expect(page.locator(".math--bad")).to_have_count(0)


def test_maths_that_cannot_be_read_stays_as_text(visit, db):  # noqa: F811
    from quizbank.models import Question

    Question.objects.filter(slug="size-with-padding").update(
        prompt=r"Look: $\frac{1$ and $\htmlData{a=b}{x}$."
    )
    page = visit().open(QUESTION)
    expect(page.locator(".prose .math--bad").first).to_have_text(r"\frac{1", use_inner_text=True)
    expect(page.locator("main")).to_be_visible()


def test_the_system_theme_is_followed_and_can_be_overridden_for_good(visit):  # noqa: F811
    window = visit(color_scheme="dark")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    page = window.open("/")
    dark = page.evaluate(background)
    toggle = page.locator("theme-toggle button")
    expect(toggle).to_have_attribute("aria-label", re.compile("Colours: system"))
    toggle.click()
    expect(toggle).to_have_attribute("aria-label", re.compile("Colours: light"))
    light = page.evaluate(background)
    assert light != dark
    assert window.open("/topics/").evaluate(background) == light
    page.locator("theme-toggle button").click()
    assert page.evaluate(background) == dark
    page.locator("theme-toggle button").click()
    assert page.evaluate("localStorage.getItem('stride-theme')") is None


def test_reduced_motion_stops_what_moves_by_itself(visit):  # noqa: F811
    page = visit(reduced_motion="reduce").open("/")
    label = page.locator("conv-demo svg[role=img]")
    before = label.get_attribute("aria-label")
    page.wait_for_timeout(1700)
    assert label.get_attribute("aria-label") == before
    page.get_by_role("button", name="Step on").click()
    expect(label).not_to_have_attribute("aria-label", before)


def test_the_convolution_on_the_front_page_computes_what_numpy_does(visit):  # noqa: F811
    import numpy as np

    page = visit(reduced_motion="reduce").open("/")
    cells = page.locator(".conv__value").all_text_contents()
    image = np.array([int(cell) for cell in cells[:36]]).reshape(6, 6)
    kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    for index in range(16):
        row, column = divmod(index, 4)
        expected = int((image[row : row + 3, column : column + 3] * kernel).sum())
        shown = page.locator(".conv__value--now").text_content().replace("\N{MINUS SIGN}", "-")
        assert int(shown) == expected
        page.get_by_role("button", name="Step on").click()


def test_pages_work_without_scripts(visit):  # noqa: F811
    window = visit(java_script_enabled=False)
    page = window.open(QUESTION)
    expect(page.locator("main")).to_be_visible()
    expect(page.locator(".prose .math").first).to_have_text("k = 3", use_inner_text=True)
    page.locator("input[value='1']").check(force=True)
    page.get_by_role("button", name="Check the answer").click()
    expect(page.locator(".feedback__title")).to_be_visible()
