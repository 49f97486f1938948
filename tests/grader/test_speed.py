"""Speed from the judge's report to the pages: measured for accepted submissions only, never in their way."""

import dataclasses
import json
import shutil

import pytest

from exercises import catalogue
from grader import calibrate, judging, lifecycle, queues, race, regrading, speed, speed_view, speed_words
from grader.engine import errors
from grader.judge import judge
from grader.models import Submission
from grader.report import CaseReport, Report, Verdict
from grader.speed import MEASURED
from tests.conftest import logged_in
from tests.grader.engine.support import running

EXERCISE = catalogue.load("max-pool2d")
RIGHT = EXERCISE.solutions[0].source
WRONG = EXERCISE.mistakes[0].source
SPEED = {
    "state": "measured",
    "title": "5x5 windows",
    "tier": "silver",
    "possible": "gold",
    "ratio": 0.26,
    "low": 0.25,
    "high": 0.29,
    "clock": "cpu",
    "rounds": 48,
    "reason": "",
    "used": {
        "candidate": {"seconds": 0.0011, "cpu_seconds": 0.001, "memory_mb": 4.4},
        "baseline": {"seconds": 0.0023, "cpu_seconds": 0.0022, "memory_mb": 15.7},
        "echo": {"seconds": 0.0005, "cpu_seconds": 0.0004, "memory_mb": 4.0},
    },
    "tiers": {"bronze": 11.0, "silver": 1.3, "gold": 0.27},
    "baselines": {
        "loops": [55.0, 57.0, 59.6],
        "vectorised": [0.92, 0.98, 1.07],
        "library": [0.19, 0.2, 0.22],
    },
}
ACCEPTED = {"verdict": "accepted", "score": 1.0, "sandbox": "full", "usage": {}, "cases": [], "speed": SPEED}


@pytest.fixture(scope="module")
def engine():
    with running(jobs=1, standby=1) as engine:  # a single place, as without control groups
        yield engine


def grade(engine, source: str, **options):
    for _ in range(5):  # unless the machine is too busy to measure
        report = judge(EXERCISE, source.encode(), engine=engine, seed=5, **{"speed": True, **options})
        if report.speed is None or report.speed["reason"] != speed.BUSY:
            break
    return report


# Measuring


@pytest.mark.sandbox
def test_an_accepted_answer_is_timed(engine):
    report = grade(engine, RIGHT)
    found = report.as_dict()["speed"]
    assert report.verdict is Verdict.ACCEPTED
    assert found["state"] == "measured"
    assert 0 < found["low"] <= found["ratio"] <= found["high"]
    assert found["rounds"] >= race.LEAST_ROUNDS
    assert found["used"]["candidate"]["seconds"] > found["used"]["echo"]["cpu_seconds"] > 0
    assert found["used"]["candidate"]["memory_mb"] > 0
    assert found["tiers"] == EXERCISE.speed.as_dict()
    assert json.loads(json.dumps(found)) == found


@pytest.mark.sandbox
@pytest.mark.parametrize(
    ("source", "options"), [(WRONG, {}), (RIGHT, {"visible_only": True}), (RIGHT, {"speed": False})]
)
def test_nothing_else_is_timed(engine, monkeypatch, source, options):
    monkeypatch.setattr("grader.judge.measure", lambda *args, **kwargs: pytest.fail("was timed"))
    assert grade(engine, source, **options).as_dict()["speed"] is None


@pytest.mark.sandbox
def test_an_exercise_without_tiers_has_no_speed(engine):
    exercise = dataclasses.replace(EXERCISE, speed=None)
    assert speed.measure(exercise, RIGHT.encode(), engine=engine, seed=1) is None


@pytest.mark.sandbox
@pytest.mark.parametrize("fault", [errors.EngineFault("broken"), ValueError("broken"), MemoryError()])
def test_a_fault_of_ours_spoils_no_accepted_report(engine, monkeypatch, caplog, fault):
    def broken(*args, **kwargs):
        raise fault

    monkeypatch.setattr(race.Race, "_race", broken)
    report = grade(engine, RIGHT)
    assert (report.verdict, report.score) == (Verdict.ACCEPTED, 1.0)
    assert report.speed["tier"] is None
    assert "fault of ours" in report.speed["reason"]
    assert "broken" not in json.dumps(report.speed)


@pytest.mark.sandbox
def test_a_broken_baseline_is_a_fault_of_ours(engine, caplog):
    exercise = dataclasses.replace(EXERCISE, baselines={**EXERCISE.baselines, "vectorised": "max_pool2d = 3"})
    found = speed.measure(exercise, RIGHT.encode(), engine=engine, seed=1)
    assert (found.state, found.reason) == (speed.UNAVAILABLE, speed.FAULT)


@pytest.mark.sandbox
def test_naive_loops_are_given_up_soon_and_reach_no_tier(engine):
    loops = EXERCISE.baselines["loops"]
    for _ in range(3):
        found = speed.measure(EXERCISE, loops.encode(), engine=engine, seed=1)
        if found.reason != speed.BUSY:  # which is no word on the answer
            break
    assert found.tier == ""
    assert found.state == speed.SLOW or found.interval.low > EXERCISE.speed.bronze


@pytest.mark.sandbox
def test_the_baseline_beside_itself_is_as_fast_as_itself(engine):
    one = race.Race(EXERCISE, EXERCISE.baselines["vectorised"].encode(), engine, 3)
    found = one.interval(lambda interval: interval.high < 1.1 * interval.low, hopeless=100)
    assert 0.7 < found.ratio < 1.4


@pytest.mark.sandbox
def test_calibrating_writes_tiers_that_load(engine, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "max-pool2d"
    shutil.copytree(EXERCISE.folder, folder)
    timed = folder / "speed.py"
    timed.write_text(timed.read_text().replace("(2, 16, 64, 64)", "(2, 16, 32, 32)"))
    text = (folder / "exercise.toml").read_text()
    (folder / "exercise.toml").write_text(text.partition("[speed]")[0] + "[speed]\nbronze = 3\n")
    monkeypatch.setattr(catalogue, "CATALOGUE", tmp_path)
    monkeypatch.setenv("STRIDE_RUNNER_SOCKET", engine.socket_path)
    monkeypatch.setattr(calibrate, "REPEATS", 1)
    monkeypatch.setattr(calibrate, "BUDGET", race.Budget(seconds=3.0, session_seconds=10.0))
    exercise = dataclasses.replace(EXERCISE, folder=folder)
    calibrate.calibrate(exercise, to_be_written=True)
    written = catalogue.load("max-pool2d", tmp_path)
    assert written.speed.gold < written.speed.silver < written.speed.bronze < 100
    assert written.limits == exercise.limits
    assert (folder / "exercise.toml").read_text().count("[speed]") == 1
    assert "loops" in capsys.readouterr().out


def test_calibrating_refuses_what_it_does_not_know(capsys):
    assert calibrate.main(["nothing"]) == 2
    assert calibrate.main(["output-shape"]) == 2
    assert "has no speed.py" in capsys.readouterr().err


# Storing


@pytest.fixture
def finished(finish):
    return lambda report: finish(report, slug="max-pool2d", source=RIGHT)


@pytest.mark.parametrize("speed_of_report", [SPEED, None, {**SPEED, "tier": None}])
def test_the_tier_is_kept_beside_the_verdict(finished, speed_of_report):
    submission = finished({**ACCEPTED, "speed": speed_of_report})
    assert submission.tier == ((speed_of_report or {}).get("tier") or "")


def carried_out(submission, monkeypatch, verdict: str = "accepted") -> tuple[list[str], dict | None, bool]:
    """Kinds of its events, the speed in its report, and whether it was measured, for such a verdict."""
    case = CaseReport("a", visible=False, verdict=Verdict(verdict), points=1)
    report = Report("max-pool2d", "v1", seed=1, cases=(case,))
    measured = speed.Speed(speed.MEASURED, "a layer", tier="gold")
    times: list[int] = []
    monkeypatch.setattr(judging, "judge", lambda *args, **options: report)
    monkeypatch.setattr(speed, "measure", lambda *args, **options: times.append(1) or measured)
    judging.carry_out(lifecycle.claim(submission.pk))
    submission.refresh_from_db()
    kinds = list(submission.events.order_by("seq").values_list("kind", flat=True))
    return kinds, submission.report["speed"], bool(times)


@pytest.mark.parametrize(
    ("kind", "tiers", "verdict", "wanted"),
    [
        ("submit", True, "accepted", True),
        ("submit", False, "accepted", False),
        ("run", True, "accepted", False),
        ("submit", True, "wrong_answer", False),
    ],
)
def test_the_worker_times_accepted_submissions_as_the_settings_say(
    make_submission, settings, monkeypatch, kind, tiers, verdict, wanted
):
    settings.SPEED_TIERS = tiers
    submission = make_submission(kind=kind, slug="max-pool2d")
    assert carried_out(submission, monkeypatch, verdict)[2] == wanted


def test_the_verdict_is_told_before_the_speed_is_measured(make_submission, monkeypatch):
    kinds, found, _ = carried_out(make_submission(slug="max-pool2d"), monkeypatch)
    assert kinds == ["queued", "running", "verdict", "finished"]
    assert found["tier"] == "gold"


def test_while_others_wait_nothing_is_measured(make_submission, other_learner, monkeypatch):
    submission = make_submission(slug="max-pool2d")
    make_submission(user=other_learner)
    kinds, found, measured = carried_out(submission, monkeypatch)
    assert not measured
    assert kinds == ["queued", "running", "finished"]
    assert found["reason"] == speed.BUSY


def test_in_a_rush_nothing_is_measured(make_submission, finish, monkeypatch):
    for _ in range(queues.CALM_SUBMISSIONS):
        finish()
    assert not carried_out(make_submission(slug="max-pool2d"), monkeypatch)[2]


@pytest.mark.sandbox
def test_judging_again_keeps_the_tier_that_was_earned(finished, engine):
    submission = finished(ACCEPTED)
    outcome = regrading.judge_again(submission, engine)
    assert outcome.verdict == "accepted"
    assert outcome.report["speed"] == SPEED
    Submission.objects.filter(pk=submission.pk).update(source=WRONG)
    submission.refresh_from_db()
    assert regrading.judge_again(submission, engine).report["speed"] is None


# Showing


def test_the_result_shows_tier_scale_and_noise(finished, learner_client):
    page = learner_client.get(finished(ACCEPTED).get_absolute_url()).content.decode()
    assert "badge--silver" in page
    assert "Between silver and gold, within the noise: silver." in page
    assert "0.26 times vectorised (0.25 to 0.29, 99 %)" in page
    assert "Measured over 48 rounds" in page
    assert "4 MB; vectorised 16 MB" in page
    assert 'role="img"' in page
    assert "style=" not in page


def test_a_result_without_speed_shows_no_panel(finished, learner_client):
    page = learner_client.get(finished({**ACCEPTED, "speed": None}).get_absolute_url()).content.decode()
    assert 'class="speed' not in page


def test_the_list_and_the_exercise_show_the_best_tier(finished, learner_client, other_client):
    for tier in ("bronze", "gold", "silver"):
        finished({**ACCEPTED, "speed": {**SPEED, "tier": tier}})
    for path in ("/exercises/", "/exercises/max-pool2d/"):
        page = learner_client.get(path).content.decode()
        assert "badge--gold" in page
        assert path != "/exercises/" or "badge--bronze" not in page
        assert "badge--gold" not in other_client.get(path).content.decode()


def test_the_api_tells_tiers_to_whom_they_belong(finished, learner, other_learner):
    submission = finished(ACCEPTED)
    client = logged_in(learner)
    row = client.get(f"/api/v1/submissions/{submission.pk}/").json()
    assert (row["tier"], row["report"]["speed"]["ratio"]) == ("silver", 0.26)
    exercise = client.get("/api/v1/exercises/max-pool2d/").json()
    assert (exercise["tier"], exercise["speed"]) == ("silver", EXERCISE.speed.as_dict())
    listed = {one["slug"]: one["tier"] for one in client.get("/api/v1/exercises/").json()}
    assert (listed["max-pool2d"], listed["output-shape"]) == ("silver", "")
    assert client.get("/api/v1/exercises/output-shape/").json()["speed"] is None
    assert logged_in(other_learner).get("/api/v1/exercises/max-pool2d/").json()["tier"] == ""


@pytest.mark.parametrize(
    ("ratio", "zone"), [(1000, 0), (60, 0), (5, 1), (1.0, 2), (0.2, 3), (0.0001, 3), (0.27, 3), (1.3, 2)]
)
def test_a_ratio_lies_in_the_zone_of_its_tier(ratio, zone):
    place = speed_view._place(SPEED, ratio)
    assert 25 * zone <= place <= 25 * (zone + 1)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"possible": "silver"}, "Silver: about as fast as the textbook vectorised answer, or faster."),
        ({"tier": None, "possible": None}, "No tier: slower than the bronze tier allows."),
        ({"tier": None, "possible": "bronze"}, "Between no tier and bronze, within the noise: no tier."),
        ({"tier": None, "ratio": None, "reason": "Given up."}, "Given up."),
    ],
)
def test_the_headline_says_the_lower_tier(change, text):
    assert speed_words.headline({**SPEED, **change}) == text


def test_what_was_given_up_is_shown_without_figures():
    changed = {**SPEED, "state": "slow", "tier": None, "ratio": None, "reason": "Given up.", "used": {}}
    view = speed_view.present(changed)
    assert (view.headline, view.facts, view.noise, view.measured) == ("Given up.", [], "", False)
    assert view.tier_text == "No tier"
    assert speed_view.present({**changed, "state": "unavailable"}).tier_text == "Not measured"


def test_measured_is_what_the_report_calls_it():
    assert SPEED["state"] == MEASURED
    assert set(speed.Speed("measured", "t").as_dict()) == set(SPEED)
