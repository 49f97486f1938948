"""All figures on one question page as a telephone shows it: legible, nothing overlaps, both themes."""

import pytest

from frontend import figures
from tests.browser.chromium import bank, chromium, session, visit  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bank")]

QUESTION = "/questions/size-with-padding/"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Per figure: small texts, texts beyond the sheet, and pairs of texts whose boxes overlap.
TEXTS = """
() => [...document.querySelectorAll(".figure__svg")].flatMap((svg) => {
  const name = svg.querySelector("title").textContent, sheet = svg.getBoundingClientRect();
  const scale = sheet.width / svg.viewBox.baseVal.width;
  const texts = [...svg.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect(), t]);
  const found = [];
  texts.forEach(([words, box, text], index) => {
    const size = parseFloat(getComputedStyle(text).fontSize) * scale;
    if (size < 11) found.push(`${name}: “${words}” is ${size.toFixed(1)} px`);
    const [left, right] = [sheet.left - box.left, box.right - sheet.right];
    if (Math.max(left, right, sheet.top - box.top, box.bottom - sheet.bottom) > 1)
      found.push(`${name}: “${words}” leaves the sheet`);
    for (const [other, beside] of texts.slice(0, index)) {
      const wide = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
      const high = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
      if (wide > 0.5 && high > 4) found.push(`${name}: “${words}” lies on “${other}”`);
    }
  });
  return found;
})
"""
# Contrast of each text against the last box before it that holds its middle, or the figure's own ground.
CONTRAST = """
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, k, i) => sum + k * linear(c[i] / 255), 0);
  return [...document.querySelectorAll(".figure__svg")].flatMap((svg) => {
    const ground = rgb(getComputedStyle(svg.closest(".figure")).backgroundColor);
    let boxes = [];
    return [...svg.children].flatMap((shape) => {
      const style = getComputedStyle(shape), box = shape.getBoundingClientRect();
      if (shape.tagName !== "text") {
        if (["rect", "circle"].includes(shape.tagName) && style.fill !== "none")
          boxes.push([box, rgb(style.fill), parseFloat(style.fillOpacity)]);
        return [];
      }
      const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
      let base = ground;
      for (const [b, fill, alpha] of boxes)
        if (b.left <= x && x <= b.right && b.top <= y && y <= b.bottom)
          base = base.map((v, i) => fill[i] * alpha + v * (1 - alpha));
      const [a, b] = [light(rgb(style.fill)), light(base)];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const name = svg.querySelector("title").textContent;
      return ratio < 4.5 ? [`${name}: “${shape.textContent}” ${ratio.toFixed(2)}`] : [];
    });
  });
}
"""


@pytest.fixture
def every_figure(bank):  # noqa: F811
    """A question that shows them all."""
    from quizbank.models import Question

    names = sorted(figures.names())
    text = "\n\n".join(f"![](figure:{name})" for name in names)
    Question.objects.filter(slug="size-with-padding").update(prompt=text)
    return names


def test_texts_are_legible_and_apart_on_a_telephone(visit, every_figure):  # noqa: F811
    page = visit(viewport={"width": 360, "height": 740}).open(QUESTION)
    assert page.locator(".figure__svg").count() == len(every_figure)
    assert page.evaluate(TEXTS) == []
    assert page.evaluate(OVERFLOW) <= 0


def test_texts_are_apart_on_a_wide_screen(visit, every_figure):  # noqa: F811
    assert visit(viewport={"width": 1100, "height": 800}).open(QUESTION).evaluate(TEXTS) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out_from_what_is_behind_them(visit, every_figure, theme):  # noqa: F811
    page = visit(color_scheme=theme, viewport={"width": 1100, "height": 800}).open(QUESTION)
    assert page.evaluate(CONTRAST) == []


def test_colours_follow_the_sites_switch(visit, every_figure):  # noqa: F811
    page = visit(color_scheme="light").open(QUESTION)
    fill = "getComputedStyle(document.querySelector('.figure__svg text')).fill"
    before = page.evaluate(fill)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert page.evaluate(fill) != before


def test_screen_readers_hear_one_picture_with_its_text(visit, every_figure):  # noqa: F811
    page = visit().open(QUESTION)
    picture = page.get_by_role("img", name=figures.find("unet-valid").alternative)
    assert picture.count() == 1
