"""What the pages make of a report."""

import pytest
from django.template.loader import render_to_string

from grader import results
from tests.grader.conftest import REPORT

pytestmark = pytest.mark.django_db


def test_an_unfinished_submission_has_no_result(make_submission):
    assert results.present(make_submission()) is None


def test_only_the_first_failing_case_is_open(finish):
    result = results.present(finish())
    assert [(case.name, case.open) for case in result.failing] == [
        ("a failing case", True),
        ("a hidden case", False),
    ]
    assert [case.name for case in result.passing] == ["a passing case"]


def test_points_are_counted(finish):
    result = results.present(finish())
    assert (result.earned, result.points, result.percent) == (1, 4, 50)


def test_differences_are_told_in_words(finish):
    facts = dict(results.present(finish()).failing[0].facts)
    assert facts == {
        "Expected shape": "(1, 1)",
        "Your shape": "(1, 1)",
        "First wrong index": "(0, 0)",
        "Largest error": "5",
        "Wrong entries": "1 of 1",
    }


def test_a_run_that_passes_says_what_is_left_to_do(finish):
    report = {**REPORT, "verdict": "accepted", "score": 1.0, "cases": REPORT["cases"][:1]}
    result = results.present(finish(report, kind="run"))
    assert result.verdict_text == "Visible cases passed"
    assert "hidden cases" in result.explanation


@pytest.mark.parametrize("verdict", results.Verdict.values)
def test_each_verdict_is_explained(finish, verdict):
    assert results.present(finish({"verdict": verdict, "cases": []})).explanation


def test_a_long_text_is_cut(finish):
    case = {**REPORT["cases"][1], "stdout": "x" * 50_000}
    shown = results.present(finish({**REPORT, "cases": [case]})).failing[0].stdout
    assert shown.endswith("(cut)")
    assert len(shown) < 21_000


def test_cases_that_were_not_run_are_counted_instead_of_listed(finish):
    skipped = [
        {
            "name": f"later {n}",
            "visible": False,
            "verdict": "time_limit",
            "points": 1,
            "message": "not run: slow",
        }
        for n in range(14)
    ]
    stopped = {**REPORT["cases"][1], "verdict": "time_limit", "message": "slow"}
    result = results.present(finish({**REPORT, "cases": [stopped, *skipped]}))
    assert [(case.name, case.open) for case in result.failing] == [("a failing case", True)]
    assert result.not_run_text == "14 cases were not run"
    assert result.points == 16
    page = render_to_string("grader/_result.html", {"result": result})
    assert "14 cases were not run" in page
    assert "later" not in page


def test_a_failure_cannot_pass_for_a_case_that_was_not_run(finish):
    case = {**REPORT["cases"][1], "kind": "exception", "message": "not run: I was"}
    result = results.present(finish({**REPORT, "cases": [case]}))
    assert len(result.failing) == 1
    assert result.not_run_text == ""
