"""Texts name figures; drawings come from checked files only."""

import re

import pytest

from frontend import figures
from frontend.markup import render, render_inline

FILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 20" role="img">'
    "<title>T</title><desc>A</desc>{}</svg>"
)


def test_a_figure_in_a_paragraph_of_its_own_is_drawn():
    html = render("Before.\n\n![What *moves* by $s$](figure:conv-stride-2)\n\nAfter.")
    assert re.search(
        r'<figure class="figure"><svg class="figure__svg" viewBox="0 0 320 \d+" role="img"', html
    )
    assert "<title>Stride 2 skips every other window</title>" in html
    assert '<figcaption class="figure__caption">What <em>moves</em> by <span class="math' in html
    assert "<p><figure" not in html
    assert "style=" not in html


def test_without_words_the_title_is_the_caption():
    html = render("![](figure:conv-basic)")
    assert '<figcaption class="figure__caption">A 3×3 kernel on a 5×5 input</figcaption>' in html


def test_the_alternative_text_is_the_figures_own_or_given():
    own = figures.find("conv-basic").alternative
    assert f'aria-label="{own}"' in render("![x](figure:conv-basic)")
    html = render('![x](figure:conv-basic "In \\"other\\" <b>words</b>")')
    assert 'aria-label="In &quot;other&quot; &lt;b&gt;words&lt;/b&gt;"' in html


def test_a_figure_twice_and_in_a_list():
    html = render("- ![](figure:conv-basic)\n- text\n\n![](figure:conv-basic)\n\n![](figure:im2col)")
    assert html.count("<svg") == 3
    assert html.count("A 3×3 kernel on a 5×5 input</title>") == 2


@pytest.mark.parametrize(
    "text", ["see ![the grid](figure:conv-basic) here", "# ![the grid](figure:conv-basic)"]
)
def test_within_a_line_a_figure_is_only_named(text):
    html = render(text)
    assert "<svg" not in html
    assert "<em>the grid</em>" in html


def test_in_an_option_a_figure_is_only_named():
    assert render_inline("![the grid](figure:conv-basic)") == "<em>the grid</em>"


@pytest.mark.parametrize(
    "name",
    ["nothing", "../draw", "..%2Fdraw", "%2e%2e/draw", "conv-basic.svg", "", "CONV-BASIC", "%3Cscript%3E"],
)
def test_an_unknown_figure_is_named_and_nothing_is_read(name):
    html = render(f"![x](figure:{name})")
    assert "There is no figure" in html
    assert "<svg" not in html
    assert "<script" not in html


def test_a_text_cannot_bring_a_drawing():
    html = render(
        '<figure class="figure"><svg onload="x()"></svg></figure>\n\n![<svg onload=x()>](figure:conv-basic)'
    )
    assert html.count("<svg") == 1
    assert "&lt;svg onload=x()&gt;" in html


def test_the_mark_of_a_drawing_cannot_be_guessed():
    from frontend.markup import Drawings

    marks = {Drawings().place("<svg/>") for _ in range(20)}
    assert len(marks) == 20
    assert all(len(mark) > 30 for mark in marks)


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<rect onload="x()"/>', "onload"),
        ('<rect style="fill:red"/>', "style"),
        ('<a href="https://example.org"/>', "the element a "),
        ("<g><rect/></g>", "the element g "),
        ("<text><tspan/></text>", "the element text "),
        ('<image href="x.png"/>', "image"),
        ('<rect xmlns="http://www.w3.org/1999/xhtml"/>', "is not expected"),
    ],
)
def test_a_file_with_anything_but_shapes_is_refused(shape, problem):
    with pytest.raises(figures.FigureError, match=problem):
        figures.read(FILE.format(shape).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>",
        b"<?xml version='1.0'?><svg/>",
        b"<svg",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' role='img'/>",
        FILE.replace("<desc>A</desc>", "<desc/>").format("").encode(),
        FILE.format("<rect/>" * 6000).encode(),
        FILE.replace('role="img"', 'role="img" onload="x()"').format("").encode(),
    ],
)
def test_a_file_that_is_no_figure_is_refused(data):
    with pytest.raises(figures.FigureError):
        figures.read(data)


def test_a_good_file_comes_back_as_it_is():
    shape = '<text x="1" y="2" text-anchor="end" class="soft b">a &lt; b</text>'
    found = figures.read(FILE.format(shape).encode())
    assert (found.title, found.alternative, found.view, found.shapes) == ("T", "A", "0 0 320 20", shape)
