"""The admin in Chromium: a silent console under its content security policy, and a question by hand."""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from quizbank.kinds import KINDS
from quizbank.models import Bank, Question, Topic
from tests.conftest import require_or_skip
from tests.quizbank.admin_data import make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def content(transactional_db) -> Question:
    bank = Bank.objects.create(slug="small", title="Small")
    topic = Topic.objects.create(slug="pooling", title="Pooling", intro="$x^2$")
    return make_question("single-choice", bank, topic)


@pytest.fixture
def session(content, instructor) -> str:
    client = Client()
    client.force_login(instructor)
    return client.cookies["sessionid"].value


@pytest.fixture
def addresses(content) -> list[str]:
    pk = content.pk
    names: list[tuple[str, list[Any]]] = [
        ("index", []),
        ("quizbank_question_changelist", []),
        ("quizbank_question_add", []),
        ("quizbank_question_change", [pk]),
        ("quizbank_question_delete", [pk]),
        ("quizbank_question_history", [pk]),
        ("quizbank_question_simple_history", [pk, content.history.get().pk]),
        ("quizbank_topic_change", [content.topic_id]),
        ("quizbank_bank_changelist", []),
        ("quizbank_bank_import", []),
    ]
    kinds = [f"{reverse('admin:quizbank_question_add')}?kind={kind}" for kind in KINDS]
    return [reverse(f"admin:{name}", args=args) for name, args in names] + kinds


@pytest.fixture
def page(live_server, session, addresses) -> Iterator[Any]:
    require_or_skip(CHROMIUM is not None and find_spec("playwright") is not None, "Chromium with Playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        yield context.new_page()
        browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_error_in_the_console(page, addresses, scheme):
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    for address in addresses:
        assert page.goto(address).status == 200
        page.wait_for_load_state("networkidle")
        assert errors == [], address


def test_the_preview_follows_the_typing_and_sets_maths(page):
    page.goto(f"{reverse('admin:quizbank_question_add')}?kind=numeric")
    page.locator("#id_variant").fill("draw:\n  n: {choice: [30, 31]}\nexample: {n: 30}")
    page.locator("#id_prompt").fill(
        "Side $\\frac{a}{b}$ of {= n + 2 }? <script>document.title = 'taken'</script>"
    )
    preview = page.locator(".stride-preview").first
    preview.locator(".katex").wait_for()
    assert "of 32?" in preview.inner_text()
    page.locator("#id_variant").fill("draw:\n  n: {choice: [30, 31]}\nexample: {n: 31}")
    preview.get_by_text("of 33?").wait_for()
    assert page.title() != "taken"


def test_a_question_is_written_by_hand(page, content):
    page.goto(reverse("admin:quizbank_question_add"))
    page.get_by_role("link", name="True or false").click()
    page.locator("#id_title").press_sequentially("Pooling has weights")
    assert page.locator("#id_slug").input_value() == "pooling-has-weights"
    page.locator("#id_bank").select_option("Small")
    page.locator("#id_topic").select_option("Pooling")
    for name, text in {
        "prompt": "It has.",
        "why": "It has none.",
        "hint_1": "Count.",
        "worked_answer": "No.",
    }.items():
        page.locator(f"#id_{name}").fill(text)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("Is missing: true or false").wait_for()
    page.get_by_label("False").check()
    page.locator("#id_pitfalls").fill("- **Strided convolution**: that one has.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was added successfully").wait_for()
    page.get_by_role("link", name="Pooling has weights").first.wait_for()
