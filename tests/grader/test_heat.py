"""What a report holds to be drawn: bounded, of visible cases only, and dropped before the texts."""

import json
import shutil
import time

import numpy as np
import pytest
from django.template.loader import render_to_string

from exercises import catalogue, compare
from exercises.candidate import Call, Reply, Request
from exercises.failure import Failure, Kind
from grader import drawn_view, heat, results, storable
from grader.judge import judge
from grader.report import DRAWN, MAX_REPORT_BYTES, CaseReport, Report, Verdict
from tests.exercises.support import FIXTURES
from tests.grader.conftest import REPORT
from tests.grader.engine.support import running

RNG = np.random.default_rng(8)
CONV = catalogue.load("conv2d-batch")
SEED = 42


def failure(actual, expected, exact=False) -> Failure:
    tolerance = 0 if exact else 1e-9
    with pytest.raises(Failure) as caught:
        compare.close(actual, expected, tolerance, tolerance, None)
    return caught.value


def drawn(actual, expected, **options):
    """What is drawn of a result that no call of the exercise gave."""
    call = Call(Request("conv2d", ()), Reply(actual))
    return heat.drawn(CONV, call, failure(actual, expected, **options), time.thread_time() + 0.3)


class TestMaps:
    def test_all_of_a_small_array_is_there(self):
        expected = np.arange(24.0).reshape(2, 3, 4)
        actual = expected.copy()
        actual[1, 0, 2] += 0.5
        actual[1, 2, 3] = 1 / 3
        shown = drawn(actual, expected)["map"]
        assert (shown["shape"], shown["start"], shown["size"]) == ([2, 3, 4], [0, 0, 0], [2, 3, 4])
        assert shown["first"] == [1, 0, 2]
        assert shown["expected"] == list(range(24))
        assert shown["actual"][14] == 14.5
        assert shown["difference"][14] == 0.5
        assert shown["actual"][23] == 0.333333
        assert [index for index, mark in enumerate(shown["wrong"]) if mark == "1"] == [14, 23]

    def test_small_differences_of_large_numbers_are_kept(self):
        expected = np.full((2, 2), 1e6)
        shown = drawn(expected + np.array([[0, 0], [0, 0.0625]]), expected)["map"]
        assert shown["difference"] == [0, 0, 0, 0.0625]

    def test_nan_and_infinities_are_told_apart(self):
        actual = np.array([np.nan, np.inf, -np.inf, 1, np.inf, np.nan])
        expected = np.array([0, 0, 0, 0, np.inf, np.nan])
        shown = drawn(actual, expected)["map"]
        assert shown["actual"] == ["nan", "inf", "-inf", 1, "inf", "nan"]
        assert shown["difference"] == ["nan", "inf", "-inf", 1, 0, 0]
        assert shown["wrong"] == "111100"
        assert json.loads(json.dumps(shown, allow_nan=False)) == shown

    @pytest.mark.parametrize(
        "shape",
        [(100_000,), (300, 300), (5000, 1), (1, 5000), (4, 64, 64), (7, 9, 30, 40), (2,) * 6, (9,) * 6],
    )
    def test_of_a_large_array_the_part_around_the_first_wrong_cell_is_kept(self, shape):
        expected = np.zeros(shape)
        actual = expected.copy()
        first = tuple(int(size * 0.7) for size in shape)
        actual[first] = 7
        shown = drawn(actual, expected)["map"]
        assert np.prod(shown["size"]) <= heat.ENTRIES
        assert len(shown["actual"]) == len(shown["wrong"]) == np.prod(shown["size"])
        there = [at - start for at, start in zip(first, shown["start"], strict=True)]
        assert all(0 <= at < size for at, size in zip(there, shown["size"], strict=True))
        assert shown["actual"][int(np.ravel_multi_index(there, shown["size"]))] == 7
        for start, size, whole in zip(shown["start"], shown["size"], shape, strict=True):
            assert start in range(whole - size + 1)

    def test_the_worst_that_may_come_back_stays_small(self):
        expected = -RNG.random((64, 64)) * 1e-300
        shown = drawn(expected * 3, expected, exact=True)
        assert len(json.dumps(shown)) < 0.75 * MAX_REPORT_BYTES

    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.int64, np.uint64, bool])
    def test_all_real_dtypes_are_drawn(self, dtype):
        expected = np.zeros((2, 3), dtype)
        actual = expected.copy()
        actual[1, 1] = 1
        assert drawn(actual, expected, exact=True)["map"]["difference"] == [0, 0, 0, 0, 1, 0]

    @pytest.mark.parametrize(
        ("actual", "expected"),
        [
            (np.float64(3), 4.0), (3, 4), (np.array(3.0), np.array(4.0)), (np.ones(3), np.ones(4)), 
            ("a", "b"),
            (np.ones(2) * 1j, np.ones(2)), (np.ones((1,) * 7), np.zeros((1,) * 7)), ([1.0], [2.0]),
        ],
    )  # fmt: skip
    def test_what_has_no_cells_or_too_many_axes_is_not_drawn(self, actual, expected):
        assert drawn(actual, expected) == {}

    def test_an_array_inside_a_tuple_is_drawn(self):
        value = (np.ones(2), {"mask": np.zeros((2, 2))})
        shown = drawn(value, (np.ones(2), {"mask": np.eye(2)}))["map"]
        assert shown["difference"] == [-1, 0, 0, -1]

    def test_failures_without_arrays_are_not_drawn(self):
        call = Call(Request("conv2d", ()), Reply(None))
        assert heat.drawn(CONV, call, Failure(Kind.VALUES, "wrong"), time.thread_time() + 1) == {}


def test_arguments_are_cut_around_what_feeds():
    x, w = RNG.standard_normal((3, 2, 60, 60)), RNG.standard_normal((2, 2, 3, 3))
    candidate = CONV.local(CONV.solutions[0].source)
    value = candidate.conv2d(x, w, None)
    wrong = value.copy()
    value[2, 1, 50, 7] += 1
    error = failure(value, wrong)
    call = candidate._driver.calls[-1]
    call.reply = Reply(value)
    shown = heat.drawn(CONV, call, error, time.thread_time() + 5)["feeding"]
    assert [(one["name"], one["count"], one["feeds"].count("1")) for one in shown] == [
        ("x", 18, 18),
        ("w", 18, 18),
    ]
    assert sum(len(one["values"]) for one in shown) <= heat.ENTRIES
    assert shown[0]["first"] == [2, 0, 50, 7]
    assert shown[1]["size"] == [2, 2, 3, 3]


def report(cases) -> Report:
    return Report("affine", "v", 1, tuple(cases))


def test_a_report_loses_what_is_drawn_before_its_texts():
    bulk = {
        "map": {"actual": "1" * 60_000},
        "feeding": ["2" * 20_000],
        "pictures": ["3" * 20_000],
        "expected": "4" * 9000,
    }
    cases = [CaseReport(f"case {i}", True, Verdict.WRONG_ANSWER, 1, details=dict(bulk)) for i in range(6)]
    data = report(cases).as_dict()
    assert len(json.dumps(data)) <= MAX_REPORT_BYTES
    assert all("expected" in case for case in data["cases"])
    assert all(name in data["cases"][0] for name in DRAWN)
    assert "map" not in data["cases"][-1]
    assert all(name in case.details for case in cases for name in DRAWN), "the report itself is as it was"
    small = report(cases[:2]).as_dict()
    assert all(name in case for case in small["cases"] for name in DRAWN)


def test_what_is_too_large_to_store_loses_what_is_drawn():
    cases = [{"name": "a", "map": {"actual": ["1" * 1000] * 3000}, "feeding": [], "pictures": []}]
    assert storable.clean({"cases": cases})["cases"] == [{"name": "a"}]


@pytest.fixture(scope="module")
def engine():
    with running() as engine:
        yield engine


@pytest.mark.sandbox
class TestJudging:
    def judged(self, engine, exercise, source, **options):
        return judge(exercise, source.encode(), engine=engine, seed=SEED, **options).as_dict()["cases"]

    def test_visible_cases_have_maps_and_what_feeds_and_hidden_ones_nothing(self, engine):
        source = next(mistake.source for mistake in CONV.mistakes if mistake.name == "flips_kernels")
        cases = self.judged(engine, CONV, source)
        failing = [case for case in cases if case["verdict"] == "wrong_answer"]
        assert {case["visible"] for case in failing} == {True, False}
        for case in failing:
            values = case["kind"] == "values" and case["visible"]
            assert ("map" in case) == values
            assert ("feeding" in case) == values
        first = next(case for case in failing if case["visible"])
        assert first["map"]["first"] == first["diff"]["first_wrong"]
        assert {one["name"] for one in first["feeding"]} >= {"x", "w"}

    def test_pictures_and_notes(self, engine, tmp_path):
        root = with_pictures(tmp_path)
        exercise = catalogue.load("affine", root)
        events = []
        cases = self.judged(engine, exercise, exercise.solutions[0].source, on_event=events.append)
        shown = {case["name"]: case.get("pictures") for case in cases}
        assert len(shown["a picture"]) == 1
        assert shown["a hidden picture"] is None
        assert cases[0]["verdict"] == "accepted", "accepted cases show theirs, too"
        notes = [event for event in events if "note" in event]
        assert [event["note"] for event in notes] == ["half of it", "half of it"]
        assert set(notes[0]) == {"case", "of", "name", "note"}
        kept = {case["name"]: case.get("notes") for case in cases}
        assert kept["a picture"] == kept["a hidden picture"] == ["half of it"]
        assert kept["a matrix is refused"] is None

    @pytest.mark.parametrize(
        "result",
        [
            "None",
            "'text'",
            "[[1]]",
            "np.full((1, 3), np.nan)",
            "np.zeros((2, 5000, 3), 'i1')",
            "object()",
            "x.shape",
        ],
    )
    def test_whatever_came_back_is_shown_or_told(self, engine, tmp_path, result):
        exercise = catalogue.load("affine", with_pictures(tmp_path))
        source = (
            exercise.solutions[0].source + f"\n\ndef affine(x, factor, offset=1.0):\n    return {result}\n"
        )
        case = self.judged(engine, exercise, source)[0]
        assert case["verdict"] == "wrong_answer"
        assert ("png" in case["pictures"][0]["actual"]) != ("problem" in case["pictures"][0]["actual"])
        assert "png" in case["pictures"][0]["expected"]


def with_pictures(folder):
    """A catalogue whose exercise has a visible and a hidden case that show a picture and tell progress."""
    shutil.copytree(FIXTURES / "affine", folder / "affine")
    body = """def {name}(candidate, rng):
    result = candidate.affine(np.arange(3.0), 2.0, 0.0)
    candidate.progress("half of it")
    row = result[None] if isinstance(result, np.ndarray) and result.ndim == 1 else result
    candidate.show("a row", row, np.ones((1, 3)))
    expect.close(result, 2 * np.arange(3.0))
"""
    path = folder / "affine" / "checks.py"
    text = path.read_text()
    start = text.index("@case(")
    cases = '@case("a picture", visible=True)\n' + body.format(name="shown")
    hidden = '\n\n@case("a hidden picture")\n' + body.format(name="unseen")
    path.write_text(f"{text[:start]}{cases}\n\n{text[start:].rstrip()}{hidden}")
    return folder


def test_old_reports_without_what_is_drawn_are_shown(db, finish):
    shown = results.present(finish())
    assert all(case.heat is None and case.pictures == [] for case in shown.cases)
    page = render_to_string("grader/_result.html", {"result": shown})
    assert "heat-map" not in page
    assert "<img" not in page


def test_the_data_of_a_map_cannot_leave_its_script(db, finish):
    evil = "</script><img src=x onerror=alert(1)>"
    case = {
        **REPORT["cases"][1],
        "map": {"shape": [1], "first": [0], "actual": [evil]},
        "pictures": [
            {"title": evil, "low": 0, "high": 1, "expected": {"problem": evil}, "actual": {"problem": evil}}
        ],
    }
    shown = results.present(finish({**REPORT, "cases": [case]}))
    page = render_to_string("grader/_result.html", {"result": shown})
    assert "<heat-map>" in page
    assert "<img" not in page
    assert "\\u003C/script\\u003E" in page


def test_pictures_are_shown_large_with_words_beside_them():
    picture = {"height": 30, "width": 600, "channels": 1, "factor": 3, "strange": 1, "png": "AAAA"}
    case = {
        "pictures": [
            {
                "title": "A digit",
                "low": 0,
                "high": 2.5,
                "expected": picture,
                "actual": {"problem": "None came back"},
            }
        ]
    }
    (pair,) = drawn_view.pictures(case)
    mine, expected = pair.views
    assert (mine.source, mine.alt) == ("", "None came back")
    assert (expected.width, expected.height) == (200, 10)
    assert expected.caption == "Expected, 30 × 600, one pixel for 3 × 3, 1 entry NaN or infinite"
    assert expected.alt == "Expected: A digit, 30 by 600 pixels"
    small = {**picture, "height": 5, "width": 7, "factor": 1}
    (pair,) = drawn_view.pictures({"pictures": [{**case["pictures"][0], "actual": small}]})
    assert (pair.views[0].width, pair.views[0].height) == (224, 160)
