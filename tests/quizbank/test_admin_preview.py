"""The live preview: rendered, worked out, and harmless whatever is typed."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db

URL = reverse("admin:quizbank_question_preview")


def preview(client, text: str, **others: str) -> str:
    response = client.post(URL, {"text": text, **others})
    assert response.status_code == 200
    return response.text


def test_markdown_maths_and_code_are_rendered(instructor_client):
    html = preview(instructor_client, "**Bold** and $x^2$\n\n```python\nx = 1\n```")
    assert "<strong>Bold</strong>" in html
    assert '<span class="math math--inline">x^2</span>' in html
    assert "<pre" in html


def test_expressions_are_worked_out(instructor_client):
    assert "16 pixels" in preview(
        instructor_client, "{= conv_output_size(32, 3, stride=2, padding=1) } pixels"
    )


def test_a_variants_numbers_are_those_of_its_example(instructor_client):
    variant = "draw:\n  n: {from: 8, to: 64}\nlet:\n  half: n // 2\nexample: {n: 30}"
    assert "half of 30 is 15" in preview(instructor_client, "half of {= n } is {= half }", variant=variant)


def test_a_variant_without_example_gives_one_instance_and_always_the_same(instructor_client):
    variant = "draw:\n  n: {from: 8, to: 64}"
    first = preview(instructor_client, "n is {= n }", variant=variant)
    assert "{=" not in first
    assert first == preview(instructor_client, "n is {= n }", variant=variant)


@pytest.mark.parametrize(
    ("text", "variant", "message"),
    [
        ("{= 1/0 }", "", "divides by zero"),
        ("{= n }", "", "is not defined"),
        ("{= ().__class__ }", "", "not allowed"),
        ("{= 9**9**9 }", "", "too large"),
        ("{= n }", "draw: [broken", "not valid YAML"),
        ("{= n }", "draw: {n: {from: 3, to: 1}}", "at least 3"),
        ("{= n }", "draw: {n: {from: 1, to: 3}}\nwhere: n > 5", "fulfils"),
        ("text", "a: &x [1]\nb: *x", "anchors"),
        ("text", "x" * 20_001, "20,000"),
        ("x" * 20_001, "", "20,000"),
    ],
)
def test_what_cannot_be_worked_out_is_said_and_the_text_still_shown(
    instructor_client, text, variant, message
):
    html = preview(instructor_client, text, variant=variant)
    assert 'role="alert"' in html
    assert message in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "![x](https://elsewhere.example/x.png)",
        "<svg onload=alert(1)>",
        "$\\href{javascript:alert(1)}{x}$ <b onmouseover=alert(1)>b</b>",
        "```html\n<script>alert(1)</script>\n```",
        "<style>*{display:none}</style>",
        '{= "<script>alert(1)</script>" }',
    ],
)
def test_hostile_text_is_inert(instructor_client, text):
    html = preview(instructor_client, text)
    for live in ("<script", "<img src=x", "<svg", "<style", "<b ", 'href="javascript', "https://elsewhere"):
        assert live not in html


def test_hostile_text_in_an_error_is_escaped(instructor_client):
    html = preview(instructor_client, "{= <script>alert(1)</script> }")
    assert 'role="alert"' in html
    assert "<script" not in html


def test_only_posts_are_answered(instructor_client):
    assert instructor_client.get(URL).status_code == 405


def test_a_post_without_the_csrf_token_is_refused(instructor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(instructor)
    assert client.post(URL, {"text": "x"}).status_code == 403


def test_staff_without_the_right_to_edit_get_403(learner, learner_client):
    learner.is_staff = True
    learner.save()
    assert learner_client.post(URL, {"text": "x"}).status_code == 403


def test_a_figure_is_drawn(instructor_client):
    html = preview(instructor_client, "![From {= 2*16 } on](figure:conv-stride-2)")
    assert '<svg class="figure__svg"' in html
    assert "From 32 on</figcaption>" in html
