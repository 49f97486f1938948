"""The custom elements and shortcuts in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from grader.models import Draft
from tests.browser.chromium import bank, chromium, session, visit  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("bank")]

QUESTION = "/questions/size-with-padding/"
ORDERING = "/questions/training-step-order/"
EXERCISE = "/exercises/conv2d-batch/"


def type_code(page, text: str) -> None:
    """Replace the editor's text by typing."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


class TestShortcuts:
    def test_a_question_is_answered_by_keyboard_alone(self, visit):  # noqa: F811
        page = visit().open(QUESTION)
        page.keyboard.press("h")
        page.locator(".hint").wait_for()
        page.keyboard.press("b")
        expect(page.locator("input[name=choice]:checked")).to_have_count(1)
        page.keyboard.press("Enter")
        page.locator(".feedback").wait_for()
        page.keyboard.press("n")
        page.wait_for_url("**/topics/convolution/")

    def test_question_mark_lists_what_works_here(self, visit):  # noqa: F811
        page = visit().open(QUESTION)
        page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
        expect(dialog).to_contain_text("Choose an option")
        expect(dialog).to_contain_text("Next hint")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

    def test_keys_in_a_field_are_text(self, visit):  # noqa: F811
        page = visit().open("/accounts/login/")
        page.locator("#id_login").fill("")
        page.locator("#id_login").press_sequentially("h?1n/")
        expect(page.locator("#id_login")).to_have_value("h?1n/")
        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_can_be_turned_off(self, visit, session, django_user_model):  # noqa: F811
        django_user_model.objects.update(single_key_shortcuts=False)
        page = visit(session).open(QUESTION)
        page.keyboard.press("1")
        page.keyboard.press("?")
        expect(page.locator("input:checked")).to_have_count(0)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Keyboard shortcuts").click()
        expect(page.get_by_role("dialog")).to_contain_text("turned off")

    def test_can_be_turned_off_and_on_in_the_browser(self, visit):  # noqa: F811
        window = visit()
        page = window.open(QUESTION)
        page.keyboard.press("?")
        page.get_by_role("button", name="Turn single keys off").click()
        page = window.open(QUESTION)
        page.keyboard.press("1")
        expect(page.locator("input:checked")).to_have_count(0)
        page.get_by_role("button", name="Keyboard shortcuts").click()
        page.get_by_role("button", name="Turn single keys on").click()
        page.keyboard.press("1")
        expect(page.locator("input:checked")).to_have_count(1)

    def test_j_and_k_move_through_a_list(self, visit):  # noqa: F811
        page = visit().open("/topics/convolution/")
        page.keyboard.press("j")
        first = page.evaluate("document.activeElement.getAttribute('href')")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.getAttribute('href')") != first
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.getAttribute('href')") == first


class TestOrdering:
    def places(self, page) -> dict[str, str]:
        rows = page.locator(".ordering__item").all()
        return {r.locator(".ordering__text").inner_text(): r.locator("input").input_value() for r in rows}

    def test_buttons_move_and_keep_the_focus(self, visit):  # noqa: F811
        page = visit().open(ORDERING)
        texts = page.locator(".ordering__text").all_inner_texts()
        page.get_by_role("button", name=f"Move down: {texts[0]}").click()
        expect(page.locator(".ordering__text")).to_have_text([texts[1], texts[0], *texts[2:]])
        assert self.places(page) == {texts[1]: "1", texts[0]: "2", texts[2]: "3", texts[3]: "4"}
        page.keyboard.press("ArrowDown")
        assert self.places(page)[texts[0]] == "3"

    def test_dragging_moves_over_several_places_and_back(self, visit):  # noqa: F811
        page = visit(viewport={"width": 1280, "height": 1200}).open(ORDERING)
        texts = page.locator(".ordering__text").all_inner_texts()
        boxes = [item.bounding_box() for item in page.locator(".ordering__item").all()]
        page.mouse.move(boxes[0]["x"] + 60, boxes[0]["y"] + boxes[0]["height"] / 2)
        page.mouse.down()
        page.mouse.move(boxes[3]["x"] + 60, boxes[3]["y"] + boxes[3]["height"] * 0.8, steps=15)
        page.mouse.up()
        expect(page.locator(".ordering__text")).to_have_text([*texts[1:], texts[0]])
        assert self.places(page)[texts[0]] == "4"
        page.mouse.down()
        page.mouse.move(boxes[0]["x"] + 60, boxes[0]["y"] + 5, steps=15)
        page.mouse.up()
        expect(page.locator(".ordering__text")).to_have_text(texts)

    def test_the_right_order_is_accepted(self, visit):  # noqa: F811
        page = visit().open(ORDERING)
        right = ["Forward pass", "Loss", "Backward pass", "Optimiser step"]
        for place, text in enumerate(right):
            while page.locator(".ordering__text").all_inner_texts().index(text) > place:
                page.get_by_role("button", name=f"Move up: {text}").click()
        page.get_by_role("button", name="Check the answer").click()
        expect(page.locator(".feedback")).to_have_class(re.compile("feedback--good"))

    def test_without_scripts_places_are_typed(self, visit):  # noqa: F811
        page = visit(java_script_enabled=False).open(ORDERING)
        expect(page.locator("input.ordering__place").first).to_be_visible()


class TestEditor:
    def test_saves_to_the_server_and_shows_it_after_a_reload(self, visit, session):  # noqa: F811
        window = visit(session)
        page = window.open(EXERCISE)
        type_code(page, "x = 1  # mine\n")
        expect(page.locator("[data-editor-status]")).to_have_text("Saved")
        assert Draft.objects.get().source == "x = 1  # mine\n"
        expect(window.open(EXERCISE).locator(".cm-content")).to_contain_text("# mine")

    def test_what_a_visitor_types_stays_in_the_browser(self, visit):  # noqa: F811
        window = visit()
        type_code(window.open(EXERCISE), "y = 2  # visitor")
        expect(window.open(EXERCISE).locator(".cm-content")).to_contain_text("# visitor")
        assert not Draft.objects.exists()

    def test_two_tabs_get_a_choice_instead_of_losing_text(self, visit, session):  # noqa: F811
        window = visit(session)
        first = window.open(EXERCISE)
        second = window.new_page()
        second.goto(EXERCISE)
        type_code(first, "a = 'first'")
        expect(first.locator("[data-editor-status]")).to_have_text("Saved")
        type_code(second, "a = 'second'")
        notice = second.locator("code-editor .notice")
        expect(notice).to_contain_text("another tab")
        window.complaints.clear()  # Chromium reports the 409 itself
        second.get_by_role("button", name="Keep what I see").click()
        expect(second.locator("[data-editor-status]")).to_have_text("Saved")
        assert Draft.objects.get().source == "a = 'second'"

    def test_tab_indents_and_escape_tab_leaves(self, visit):  # noqa: F811
        page = visit().open(EXERCISE)
        type_code(page, "if x:\npass")
        page.keyboard.press("Control+Home")
        page.keyboard.press("Tab")
        expect(page.locator(".cm-line").first).to_have_text(re.compile(r"^ {4}if"))
        expect(page.locator("[data-editor-status]")).to_be_visible()
        expect(page.locator(".cm-content")).to_have_attribute("aria-label", re.compile("Esc, then Tab"))
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.cm-editor') === null")

    def test_reset_asks_and_brings_back_the_starter(self, visit):  # noqa: F811
        page = visit().open(EXERCISE)
        starter = page.locator(".cm-content").inner_text()
        type_code(page, "gone = True")
        page.get_by_role("button", name="Reset").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".cm-content")).to_contain_text("gone")
        page.get_by_role("button", name="Reset").click()
        page.get_by_role("dialog").get_by_role("button", name="Reset").click()
        expect(page.locator(".cm-content")).to_have_text(starter, use_inner_text=True)
        assert page.locator(".cm-content").inner_text() == starter  # its line breaks as well

    def test_single_keys_are_text_in_the_editor(self, visit):  # noqa: F811
        page = visit().open(EXERCISE)
        type_code(page, "")
        page.keyboard.type("h?1/")
        expect(page.locator(".cm-content")).to_contain_text("h?1/")
        expect(page.get_by_role("dialog")).to_have_count(0)


class TestPanes:
    def test_the_border_moves_by_keyboard_and_stays_moved(self, visit):  # noqa: F811
        window = visit(viewport={"width": 1280, "height": 800})
        page = window.open(EXERCISE)
        bar = page.get_by_role("separator", name="Width of the statement")
        before = page.locator("[data-pane=statement]").bounding_box()["width"]
        bar.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        after = page.locator("[data-pane=statement]").bounding_box()["width"]
        assert after > before + 50
        page = window.open(EXERCISE)
        assert abs(page.locator("[data-pane=statement]").bounding_box()["width"] - after) < 2

    def test_a_phone_gets_tabs_with_the_theory_first(self, visit):  # noqa: F811
        page = visit(viewport={"width": 390, "height": 800}).open(EXERCISE)
        expect(page.locator("[data-pane=statement]")).to_be_visible()
        expect(page.locator("[data-pane=code]")).to_be_hidden()
        page.get_by_role("tab", name="Code").click()
        expect(page.locator(".cm-content")).to_be_visible()
        expect(page.locator("[data-pane=statement]")).to_be_hidden()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name="Results")).to_have_attribute("aria-selected", "true")


def test_a_code_block_can_be_copied(visit, live_server):  # noqa: F811
    window = visit()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    page = window.open(QUESTION)
    page.locator("figure.code").first.hover()
    page.get_by_role("button", name="Copy this code").first.click()
    expect(page.locator(".code__copy").first).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("nn.Conv2d(3, 16")


def test_the_account_menu_closes_on_escape_and_gives_the_focus_back(visit, session):  # noqa: F811
    page = visit(session).open("/")
    page.locator(".menu > summary").click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.menu > summary')")
