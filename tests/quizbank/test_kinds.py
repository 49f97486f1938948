"""Every kind: right, wrong and unreadable answers, what is presented, and what a file may not say."""

import json

import pytest

from quizbank import instances
from quizbank.kinds import KINDS
from quizbank.problems import FormatProblem
from tests.quizbank.samples import KIND_FIELDS, OPTIONS, content, form_of, problems

SEEDS = range(40)


def instance(kind, seed=1, **changes):
    return instances.build(content(kind, **changes), seed)


def judged(one, raw):
    return one.grade(one.parse(raw))


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_answer_is_right_from_the_api_and_from_a_form(kind):
    for seed in SEEDS:
        one = instance(kind, seed)
        raw = one.kind.right(one.spec, seed)
        form = {
            name: list(map(str, v)) if isinstance(v, list) else [str(v)]
            for name, v in form_of(kind, raw).items()
        }
        for sent in (raw, json.loads(json.dumps(raw)), one.from_form(form)):
            result = judged(one, sent)
            assert result.correct
            assert result.score == 1


WRONG = {
    "single-choice": lambda one: next(
        o["number"] for o in one.presented["options"] if "no weights" in o["text"]
    ),
    "multiple-choice": lambda one: [o["number"] for o in one.presented["options"]],
    "true-false": lambda one: False,
    "numeric": lambda one: "73855",
    "shape": lambda one: "1 x 32 x 15 x 15",
    "short-text": lambda one: "weight decay",
    "ordering": lambda one: list(reversed(one.kind.right(one.spec, one.seed))),
    "matching": lambda one: [1, 1, 1],
    "open": lambda one: {"text": "no idea", "points": []},
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_answer_is_wrong(kind):
    for seed in SEEDS:
        one = instance(kind, seed)
        result = judged(one, WRONG[kind](one))
        assert not result.correct
        assert result.score < 1


HOSTILE = [
    None,
    {},
    [],
    [[]],
    "",
    " ",
    True,
    -1,
    10**30,
    1.5,
    "\x00",
    "x" * 5000,
    [None],
    ["1"],
    {"text": 5},
    {"points": "x"},
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw)[:20])
def test_strange_answers_are_judged_or_explained_but_never_a_crash(kind, raw):
    one = instance(kind)
    try:
        score, said = judged(one, raw).score, "expected"
    except FormatProblem as problem:
        score, said = 0, str(problem)
    assert 0 <= score <= 1
    assert len(said) < 400
    assert any(word in said.lower() for word in ("expected", "choose", "for example"))


UNREADABLE = {
    "single-choice": [9, "one"],
    "multiple-choice": [[], [0], [7], "1"],
    "true-false": ["maybe", 1],
    "numeric": ["many", "0,5", "5 MB"],
    "shape": ["N x 3", "1.5 x 2", "16 x 16"],
    "short-text": ["", "!?"],
    "ordering": [[1, 2, 3], [1, 1, 2, 3], [1, 2, 3, 9]],
    "matching": [[1, 2], [1, 2, 9]],
    "open": ["text", {"points": [9]}, {"text": "x" * 2001}],
}


@pytest.mark.parametrize(("kind", "raw"), [(kind, raw) for kind, raws in UNREADABLE.items() for raw in raws])
def test_an_unreadable_answer_is_a_format_problem(kind, raw):
    with pytest.raises(FormatProblem):
        instance(kind).parse(raw)


@pytest.mark.parametrize("kind", ["ordering", "matching"])
def test_an_incomplete_form_says_what_is_missing(kind):
    one = instance(kind)
    form = {name: [str(value)] for name, value in form_of(kind, one.kind.right(one.spec, 1)).items()}
    form[next(iter(form))] = [""]
    with pytest.raises(FormatProblem, match=r"Not used|still open"):
        one.from_form(form)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_presented_gives_nothing_away(kind):
    shown = json.dumps([instance(kind, seed).presented for seed in SEEDS])
    for secret in (
        "correct",
        "why",
        "73856",
        "weight sharing",
        "rubric",
        "One kernel serves",
        "hierarchy",
        '"right"',
    ):
        assert secret not in shown


@pytest.mark.parametrize("kind", ["single-choice", "multiple-choice", "ordering"])
def test_the_shuffle_depends_on_the_seed_and_on_nothing_else(kind):
    first = [json.dumps(instance(kind, seed).presented) for seed in SEEDS]
    assert first == [json.dumps(instance(kind, seed).presented) for seed in SEEDS]
    assert len(set(first)) > 3


def test_the_right_option_stands_at_every_place():
    one = content("single-choice")
    places = {KINDS["single-choice"].right(one.spec, seed) for seed in SEEDS}
    assert places == {1, 2, 3}


def test_items_are_never_presented_in_the_right_order():
    for seed in range(200):
        one = instance("ordering", seed)
        assert one.kind.right(one.spec, seed) != [1, 2, 3, 4]


def test_the_chosen_option_is_explained():
    one = instance("single-choice")
    result = judged(one, WRONG["single-choice"](one))
    assert [(e.text, e.good) for e in result.explanations] == [("It has a kernel.", False)]


def test_a_missed_option_is_explained():
    one = instance("multiple-choice")
    stride = next(o["number"] for o in one.presented["options"] if o["text"] == "stride")
    result = judged(one, [stride])
    assert result.score == 0.5
    assert "Applies as well. It summarises." in [e.text for e in result.explanations]


def test_choosing_everything_earns_nothing():
    one = instance("multiple-choice")
    assert judged(one, [1, 2, 3, 4]).score == 0


@pytest.mark.parametrize(
    "text", ["73856", "73,856", "73 856", "7.3856e4", "73856 parameters", "73856 PARAMETER", "147712/2"]
)
def test_a_number_is_right_in_every_notation(text):
    assert judged(instance("numeric"), text).correct


def test_a_continental_thousands_point_is_asked_about_only_where_it_would_be_right():
    one = instance("numeric")
    with pytest.raises(FormatProblem, match="Write whole numbers without separators"):
        one.parse("73.856")
    assert not judged(one, "73.857").correct


def test_a_decimal_comma_that_looks_like_thousands_is_asked_about():
    one = instance("numeric", answer={"value": 3.142, "tolerance": 0.001})
    with pytest.raises(FormatProblem, match="decimals with a point"):
        one.parse("3,142")
    assert judged(one, "3.142").correct


@pytest.mark.parametrize(
    ("tolerance", "given", "right"),
    [
        (0, "100", True),
        (0, "100.0001", False),
        (0.5, "100.5", True),
        (0.5, "100.51", False),
        ("2%", "98", True),
        ("2%", "97.9", False),
    ],
)
def test_tolerances_are_absolute_or_relative(tolerance, given, right):
    one = instance("numeric", answer={"value": 100, "tolerance": tolerance})
    assert judged(one, given).correct is right


@pytest.mark.parametrize(
    ("unit", "given", "right"),
    [("%", "50", True), ("%", "50 %", True), ("", "5000%", True), ("", "50", True)],
)
def test_percentages(unit, given, right):
    assert judged(instance("numeric", answer={"value": 50, "unit": unit}), given).correct is right


def test_another_unit_is_asked_about():
    with pytest.raises(FormatProblem, match="expected in MB"):
        instance("numeric", answer={"value": 4, "unit": "MB"}).parse("4000 kB")


@pytest.mark.parametrize(
    "text",
    [
        "Weight sharing",
        "weight-sharing",
        "  the WEIGHT   sharing. ",
        "parameter sharing",
        "sharing weight",
        "shared weights",
    ],
)
def test_short_texts_are_compared_without_case_punctuation_and_articles(text):
    assert judged(instance("short-text"), text).correct


def test_a_shape_with_leading_sizes_left_out_is_asked_about():
    with pytest.raises(FormatProblem, match="leading ones"):
        instance("shape").parse("32 x 16 x 16")


def test_parts_of_an_order_and_of_a_matching_count():
    one = instance("ordering")
    right = one.kind.right(one.spec, one.seed)
    assert judged(one, [right[1], right[0], *right[2:]]).score == pytest.approx(5 / 6)
    one = instance("matching")
    right = one.kind.right(one.spec, one.seed)
    wrong = judged(one, [right[1], right[1], right[2]])
    assert wrong.score == pytest.approx(2 / 3)
    assert "boxes" in wrong.explanations[0].text


def test_an_open_answer_scores_by_the_weights_of_its_points():
    one = instance("open")
    assert judged(one, {"text": "", "points": [1]}).score == 0.5
    assert judged(one, {"text": "", "points": [1, 2]}).correct
    assert not judged(one, {"text": "", "points": [2, 3]}).correct


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("single-choice", {"options": OPTIONS[1:]}, "options"),
        ("single-choice", {"options": [OPTIONS[0], OPTIONS[0]]}, "options"),
        ("single-choice", {"options": [*OPTIONS, {**OPTIONS[1]}]}, "options[4].text"),
        ("single-choice", {"options": [*OPTIONS, {"text": "x"}]}, "options[4].why"),
        ("single-choice", {"options": [*OPTIONS, {"text": 5, "why": "w"}]}, "options[4].text"),
        ("single-choice", {"options": "none"}, "options"),
        ("single-choice", {"options": None}, "options"),
        ("single-choice", {"options": [*OPTIONS, "x"]}, "options[4]"),
        ("multiple-choice", {"options": [OPTIONS[0], {**OPTIONS[1], "correct": True}]}, "options"),
        ("true-false", {"answer": {"value": "yes"}}, "answer.value"),
        ("true-false", {"why": None}, "why"),
        ("numeric", {"answer": {"value": "5088"}}, "answer.value"),
        ("numeric", {"answer": {}}, "answer.value"),
        ("numeric", {"answer": {"value": 5, "tolerance": "lots"}}, "answer.tolerance"),
        ("numeric", {"answer": {"value": 5, "tolerance": -1}}, "answer.tolerance"),
        ("numeric", {"answer": {"value": "=1/3"}}, "answer.tolerance"),
        ("numeric", {"answer": {"value": "=1/0"}}, "answer.value"),
        ("numeric", {"answer": {"value": 5, "error": 1}}, "answer.error"),
        ("shape", {"answer": {"shape": [1, -2]}}, "answer.shape[2]"),
        ("shape", {"answer": {"shape": []}}, "answer.shape"),
        ("shape", {"answer": {"shape": ["=1/2"]}}, "answer.shape[1]"),
        ("short-text", {"answer": {"accept": []}}, "answer.accept"),
        ("short-text", {"answer": {"accept": ["?!"]}}, "answer.accept[1]"),
        (
            "short-text",
            {"answer": {"accept": ["x"], "accept_pattern": ["(a+)+"]}},
            "answer.accept_pattern[1]",
        ),
        ("ordering", {"items": ["a", "b"]}, "items"),
        ("ordering", {"items": ["a", "b", "a"]}, "items[3]"),
        ("matching", {"pairs": KIND_FIELDS["matching"]["pairs"][:2]}, "pairs"),
        ("matching", {"distractors": ["boxes"]}, "distractors[1]"),
        ("open", {"rubric": [{"point": "one"}]}, "rubric"),
        ("open", {"rubric": [{"point": "one", "weight": 0}, {"point": "two"}]}, "rubric[1].weight"),
        ("open", {"follow_ups": {"expert": ["?"]}}, "follow_ups.expert"),
        ("shape", {"variant": {}}, "variant.draw"),
        ("open", {"variant": {"draw": {"n": {"choice": [1, 2]}}}}, "variant"),
    ],
)
def test_a_broken_specification_names_its_field(kind, changes, field):
    assert field in problems(kind, **changes)
