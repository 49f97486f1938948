"""Markdown becomes safe HTML whatever the text is."""

from html.parser import HTMLParser

import pytest
from django.template import Context, Template

from frontend.markup import MAX_CHARACTERS, render, render_inline
from tests.clocks import little_work

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](&#106;avascript:alert(1))",
    "[click](vbscript:msgbox)",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '[click](https://example.org "x" onmouseover="alert(1)")',
    "<a href='https://example.org' style='position:fixed'>x</a>",
    "$<script>alert(1)</script>$",
    "$$\n</div><script>alert(1)</script>\n$$",
    "```<script>\nalert(1)\n```",
    '```python"><script>alert(1)</script>\nx\n```',
    "`</code><script>alert(1)</script>`",
    "<svg onload=alert(1)>",
    "<iframe src=https://example.org></iframe>",
    "<https://example.org/<script>>",
    "| a |\n|---|\n| <script>alert(1)</script> |",
]


class Elements(HTMLParser):
    """What a browser would make elements and attributes of."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("renderer", [render, render_inline])
def test_nothing_that_runs_survives(renderer, text):
    found = Elements(renderer(text))
    assert not {"script", "svg", "iframe", "style", "object", "form", "input"} & set(found.tags)
    assert {name for name, _ in found.attributes} <= {
        "href",
        "title",
        "rel",
        "src",
        "alt",
        "class",
        "tabindex",
    }
    for name, value in found.attributes:
        if name in ("href", "src"):
            assert value.startswith(("https:", "http:", "mailto:", "/"))


def test_raw_html_is_shown_as_text():
    assert "&lt;b&gt;bold&lt;/b&gt;" in render("<b>bold</b>")


def test_links_do_not_hand_over_the_opener():
    assert render_inline("[paper](https://example.org/a)") == (
        '<a href="https://example.org/a" rel="noopener noreferrer">paper</a>'
    )


@pytest.mark.parametrize("source", ["https://example.org/a.png", "//example.org/a.png", "a.png"])
def test_pictures_of_other_sites_lose_their_address(source):
    assert "src=" not in render(f"![a kernel]({source})")


def test_pictures_of_this_site_stay():
    assert '<img src="/static/a.png" alt="a kernel">' in render("![a kernel](/static/a.png)")


class TestMaths:
    def test_inline_keeps_its_tex_as_text(self):
        assert render_inline(r"so $a < b_{i}$ holds") == (
            'so <span class="math math--inline">a &lt; b_{i}</span> holds'
        )

    def test_at_the_start_of_a_paragraph_that_ends_in_a_digit(self):
        assert '<span class="math math--inline">n</span>' in render("$n$ is 6")

    def test_beside_digits(self):
        assert '3<span class="math math--inline">\\times</span>3' in render(r"a 3$\times$3 kernel")

    def test_display(self):
        assert render("$$\n\\frac{1}{2}\n$$") == '<div class="math math--display">\\frac{1}{2}</div>\n'

    def test_display_within_a_paragraph(self):
        assert '<span class="math math--display">x</span>' in render("so $$x$$ it is")

    def test_underscores_and_stars_are_not_emphasis(self):
        assert "<em>" not in render("$a_1 * b_2 * c_3$")

    def test_amounts_of_money_are_no_maths(self):
        assert "math" not in render("It costs $5 and then $6 more.")

    @pytest.mark.parametrize(
        "text", ["$", "$$", "$$$", "$$$$", "$a", "$$a", "$ $", "$a$$b$", "$a $b$ c$", "\\$a\\$"]
    )
    def test_odd_dollars_lose_no_text(self, text):
        html = render(text)
        assert "a" not in text or "a" in html


class TestCode:
    def test_is_highlighted_with_classes_and_labelled(self):
        html = render("```python\ndef f():\n    return 1\n```")
        assert '<figcaption class="code__label">Python</figcaption>' in html
        assert '<span class="hl-k">def</span>' in html
        assert "style=" not in html

    def test_of_an_unknown_language_is_plain(self):
        html = render("```klingon\nqapla < x\n```")
        assert "qapla &lt; x" in html
        assert "figcaption" not in html

    def test_can_be_scrolled_by_keyboard(self):
        assert '<pre tabindex="0">' in render("    indented")

    def test_that_is_very_long_is_not_highlighted(self):
        assert "hl-" not in render("```python\n" + "x = 1\n" * 5000 + "```")


def test_headings_move_below_the_title_of_the_page():
    assert render("# Input") == "<h2>Input</h2>\n"
    assert render("###### Deep") == "<h6>Deep</h6>\n"


def test_tables_align_by_class():
    html = render("| a | b |\n|---|--:|\n| 1 | 2 |")
    assert '<div class="table-scroll"><table>' in html
    assert '<td class="align-right">2</td>' in html


def test_a_text_that_is_too_long_is_cut_and_says_so():
    html = render("<b>" + "x" * (MAX_CHARACTERS + 10))
    assert "100,013 characters" in html
    assert "the first 100,000 are shown" in html
    assert "<b>" not in html
    assert len(render_inline("x" * 500_000)) == MAX_CHARACTERS


@pytest.mark.parametrize(
    "pattern",
    [
        "$",
        "$a ",
        "$$a ",
        "[",
        "![a](",
        "*a ",
        "*a_ ",
        "`",
        ">",
        "- ",
        "\\",
        "<a ",
        "|a",
        "~~a ",
        "[a][",
        "a**b",
        "$$\n",
    ],
)
def test_repeated_marks_take_bounded_time(pattern):
    text = (pattern * MAX_CHARACTERS)[:MAX_CHARACTERS]
    with little_work(20):  # measured: at most 1.4 s; quadratic growth would need minutes
        render(text)


def test_nul_and_lone_surrogates_do_no_harm():
    assert "\x00" not in render("a\x00b")
    assert render_inline("caf\u00e9 \U0001f600") == "caf\u00e9 \U0001f600"


class TestFilters:
    def test_escape_nothing_twice(self):
        template = Template("{% load markup %}{{ text|markdown_inline }}|{{ text|markdown }}")
        html = template.render(Context({"text": "a < **b**"}))
        assert html == "a &lt; <strong>b</strong>|<p>a &lt; <strong>b</strong></p>\n"

    def test_none_is_empty(self):
        assert Template("{% load markup %}{{ text|markdown }}").render(Context({"text": None})) == ""

    def test_icons_are_hidden_from_screen_readers(self):
        html = Template('{% load markup %}{% icon "check" %}').render(Context())
        assert html.startswith("<svg")
        assert 'aria-hidden="true"' in html

    def test_an_icon_that_does_not_exist_fails_loudly(self):
        with pytest.raises(KeyError):
            Template('{% load markup %}{% icon "unicorn" %}').render(Context())
