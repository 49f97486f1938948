"""Script and HTML in every text field come out inert, on every page and for every kind."""

import re
from html.parser import HTMLParser

import pytest

from quizbank.models import Attempt, Bank, Topic
from tests.quizbank.samples import KIND_FIELDS, content, stored

pytestmark = pytest.mark.django_db

EVIL = (
    '<script>alert("X1")</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">y</a>{{ 7|add:7 }}'
)
LINK = "[click](javascript:alert(1)) ![i](https://evil.example/x.png)"


class Audit(HTMLParser):
    """Collects what could run or load something."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.found.append((tag, given))
        if tag in ("iframe", "object", "embed", "base", "meta") and (tag != "meta" or "http-equiv" in given):
            self.found.append((tag, given))
        for name, value in given.items():
            if (
                name.startswith("on")
                or name == "style"
                or re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)
            ):
                self.found.append((tag, name, value))
        if tag == "img" and not given.get("src", "/static/").startswith("/static/"):
            self.found.append((tag, given))


def assert_inert(response):
    text = response.content.decode()
    audit = Audit()
    audit.feed(text)
    assert audit.found == []
    assert "<script>alert" not in text
    assert "14 " not in re.findall(r"X1.{0,200}", text)


def poisoned(value):
    """The same structure with hostile text at the end of every text."""
    if isinstance(value, dict):
        return {key: poisoned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [poisoned(inner) for inner in value]
    return f"{value} {EVIL} {LINK}" if isinstance(value, str) else value


def poisoned_question(kind):
    spec = {name: value if name == "answer" else poisoned(value) for name, value in KIND_FIELDS[kind].items()}
    if kind == "numeric":
        spec["answer"] = {"value": 5, "unit": "<b>kg</b><script>"}
    if kind == "short-text":
        spec["answer"] = {"accept": [f"ok {EVIL}"[:200]]}
    texts = dict.fromkeys(("prompt", "worked_answer", "pitfalls"), f"Text {EVIL} {LINK}")
    return stored(
        content(
            kind,
            title=f"T {EVIL}"[:160],
            hints=[f"H {EVIL} {LINK}"] * 2,
            references=[f"R {EVIL} {LINK}"],
            **texts,
            **spec,
        )
    )


@pytest.mark.parametrize("kind", KIND_FIELDS)
def test_a_hostile_question_is_inert_everywhere(learner_client, learner, kind):
    question = poisoned_question(kind)
    Topic.objects.update(title=f"Topic {EVIL}"[:120], intro=f"Intro {EVIL} {LINK}")
    Bank.objects.update(title=f"Bank {EVIL}"[:120], description=EVIL)
    assert_inert(learner_client.get(question.get_absolute_url()))
    attempt = Attempt.objects.create(question=question, user=learner, hints_used=2)
    assert_inert(learner_client.get(attempt.get_absolute_url()))
    if kind == "open":
        attempt.reveal({"text": EVIL, "points": []})
        assert_inert(learner_client.get(attempt.get_absolute_url()))
        attempt.refresh_from_db()
    one = attempt.instance
    attempt.submit(one.kind.right(one.spec, one.seed))
    assert_inert(learner_client.get(attempt.get_absolute_url()))
    for path in ("/", "/topics/", "/topics/basics/", "/practice/", "/history/"):
        assert_inert(learner_client.get(path))


@pytest.mark.parametrize("kind", ["short-text", "open", "numeric", "shape"])
def test_a_hostile_answer_is_inert(learner_client, learner, questions, kind):
    attempt = Attempt.objects.create(question=questions[kind], user=learner)
    typed = EVIL[:190] if kind != "open" else f"{EVIL} {LINK}"
    assert_inert(learner_client.post(attempt.get_absolute_url(), {"answer": typed}, follow=True))
    if kind == "open":
        assert_inert(learner_client.post(attempt.get_absolute_url(), {"points": ["1"]}, follow=True))
    assert_inert(learner_client.get(attempt.get_absolute_url()))


@pytest.mark.parametrize(
    "form",
    [
        {"choice": ["1"] * 500},
        {"choice": "9" * 400},
        {f"place-{n}": "1" for n in range(900)},
        {f"match-{n}": "1" for n in range(900)},
        {"points": ["-1", "99999999999999999999"]},
        {"answer": "\x00"},
        {"answer": "a" * 100_000},
        {"action": "nonsense", "answer": "1"},
        {"version": "zzz"},
    ],
    ids=range(9),
)
@pytest.mark.parametrize("kind", KIND_FIELDS)
def test_strange_forms_are_answered_not_crashed_on(learner_client, learner, questions, kind, form):
    attempt = Attempt.objects.create(question=questions[kind], user=learner)
    for _ in range(2):
        assert learner_client.post(attempt.get_absolute_url(), form).status_code in (200, 302, 422)
    assert learner_client.get(attempt.get_absolute_url()).status_code == 200


def test_a_practice_form_full_of_nonsense_is_answered(learner_client, questions):
    form = {"topics": ["x" * 500] * 300, "level": EVIL, "length": "-1"}
    response = learner_client.post("/practice/", form)
    assert response.status_code == 422
    assert_inert(response)
    assert_inert(learner_client.get("/practice/", {"topic": EVIL, "level": EVIL}))
    assert_inert(learner_client.get("/history/", {"page": EVIL, "show": EVIL}))
