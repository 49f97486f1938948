"""Grading again at once: the command, and what the learner gets to know."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from exercises import catalogue
from grader import lifecycle, notices, regrading
from grader.management.commands import regrade as command
from grader.models import Counter, Notice, Submission
from tests.grader.regrading import RIGHT, SLUG, WRONG, desk, engine, run, sent, wronged

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db]
__all__ = ["desk", "engine", "sent", "wronged"]  # fixtures


def status(*arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    return caught.value.returncode, str(caught.value)


class TestCommand:
    def test_a_dry_run_shows_whose_verdict_would_change_and_stores_nothing(self, wronged):
        said = run(SLUG, "--dry-run")
        assert f"{wronged.pk} affine by learner: wrong_answer 88 % -> accepted 100 %" in said
        assert "1 judged again, 1 would change" in said
        wronged.refresh_from_db()
        assert wronged.verdict == "wrong_answer"
        assert not wronged.past_reports.exists()

    def test_applying_keeps_the_old_report_and_tells_the_learner(self, wronged):
        assert "1 judged again, 1 changed" in run(SLUG)
        wronged.refresh_from_db()
        assert (wronged.verdict, wronged.score) == ("accepted", 1.0)
        assert wronged.past_reports.get().verdict == "wrong_answer"
        assert wronged.events.last().kind == "regraded"
        assert Notice.objects.get(user=wronged.user).verdict_before == "wrong_answer"
        assert Counter.objects.get(name="regraded").value == 1

    def test_the_table_counts_by_verdict_before_and_now(self, desk, wronged, learner):
        desk.graded(learner, WRONG)  # by the mended checks, so --all
        lines = [line.split("  ") for line in run(SLUG, "--dry-run", "--all").splitlines()]
        cells = [[cell.strip() for cell in line if cell.strip()] for line in lines]
        assert ["before", "now", "submissions"] in cells
        assert ["Wrong answer", "Accepted", "1"] in cells
        assert ["Wrong answer", "the same", "1"] in cells

    def test_a_second_run_skips_what_the_first_has_judged(self, wronged):
        run(SLUG)
        said = run(SLUG)
        assert "1 judged by the present version already" in said
        assert "nothing to judge again" in said
        assert "1 judged again, 0 changed" in run(SLUG, "--all")

    def test_one_submission_by_its_id_is_always_judged(self, desk, learner):
        submission = desk.graded(learner)
        assert "1 judged again, 0 changed" in run(str(submission.pk))

    def test_runs_on_the_visible_cases_are_left_out(self, desk, learner):
        desk.graded(learner, kind="run")
        assert "nothing to judge again" in run(SLUG, "--all")

    @pytest.mark.parametrize("target", ["no-such-exercise", "3f1f8c1e-0000-4000-8000-000000000000"])
    def test_an_unknown_target_is_wrong_usage(self, desk, target):
        code, text = status(target)
        assert code == command.USAGE
        assert target in text

    def test_without_the_runner_service_it_says_what_to_do(self, wronged, settings, tmp_path):
        settings.RUNNER_SOCKET = tmp_path / "none.sock"
        code, text = status(SLUG)
        assert code == command.NO_RUNNER
        assert "start the runner service and run this again" in text
        wronged.refresh_from_db()
        assert wronged.verdict == "wrong_answer"

    def test_embedded_it_starts_a_runner_of_its_own(self, wronged, settings, tmp_path):
        settings.RUNNER_SOCKET = tmp_path / "none.sock"
        settings.RUNNER_EMBEDDED = True
        settings.RUNNER_PROFILES = ["numpy"]
        assert "1 judged again, 1 changed" in run(SLUG)

    def test_an_answer_that_stays_accepted_keeps_its_speed(self, desk, learner):
        submission = desk.graded(learner)
        measured = {"tier": "gold", "ratio": 1.1}
        report = {**submission.report, "speed": measured}
        Submission.objects.update(report=report, tier="gold", exercise_version="older")
        run(SLUG)
        submission.refresh_from_db()
        assert submission.exercise_version == catalogue.load(SLUG).version
        assert (submission.tier, submission.report["speed"]) == ("gold", measured)

    def test_a_fault_of_ours_leaves_the_verdict_alone(self, desk, wronged):
        desk.checks.write_text(desk.checks.read_text().replace("np.array([1.0", "np.nonsense([1.0"))
        code, text = status(SLUG)
        assert (code, text) == (command.SOME_FAILED, "1 could not be judged; they keep their verdicts")
        wronged.refresh_from_db()
        assert wronged.verdict == "wrong_answer"

    def test_interrupted_it_tells_how_far_it_came_and_goes_on_later(self, desk, wronged, monkeypatch):
        desk.break_checks()
        desk.graded(wronged.user)
        desk.mend_checks()
        real = regrading.judge_again
        judged = []

        def impatient(*arguments):
            if judged:
                raise KeyboardInterrupt
            judged.append(arguments)
            return real(*arguments)

        monkeypatch.setattr(regrading, "judge_again", impatient)
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("regrade", SLUG, stdout=out, stderr=err)
        assert ended.value.code == command.INTERRUPTED
        assert "1 of 2 judged again, 1 changed" in out.getvalue()
        assert "run it again to go on" in err.getvalue()
        monkeypatch.setattr(regrading, "judge_again", real)
        assert "1 judged again, 1 changed" in run(SLUG)


class TestNotices:
    @pytest.fixture
    def submission(self, finish) -> Submission:
        return finish()  # a wrong answer with 50 %

    def test_a_change_is_told(self, submission):
        notices.tell(submission, "accepted", 1.0)
        (told,) = notices.unread(submission.user)
        notice = told.newest
        assert (notice.verdict_before, notice.verdict, notice.percent_before) == (
            "wrong_answer",
            "accepted",
            50,
        )

    def test_two_changes_become_one_notice(self, submission):
        notices.tell(submission, "runtime_error", 0.2)
        submission.verdict, submission.score = "runtime_error", 0.2
        notices.tell(submission, "accepted", 1.0)
        (told,) = notices.unread(submission.user)
        assert (told.newest.verdict_before, told.newest.verdict) == ("wrong_answer", "accepted")

    def test_there_and_back_again_is_no_news(self, submission):
        notices.tell(submission, "accepted", 1.0)
        submission.verdict, submission.score = "accepted", 1.0
        notices.tell(submission, "wrong_answer", 0.5)
        assert notices.unread(submission.user) == []

    def test_a_change_after_the_dismissal_is_told_again(self, submission):
        notices.tell(submission, "accepted", 1.0)
        assert notices.dismiss(submission.user) == 1
        submission.verdict, submission.score = "accepted", 1.0
        notices.tell(submission, "wrong_answer", 0.5)
        (told,) = notices.unread(submission.user)
        assert told.newest.verdict_before == "accepted"

    def test_several_answers_to_an_exercise_are_told_in_one(self, submission, finish, learner_client):
        notices.tell(submission, "accepted", 1.0)
        notices.tell(finish(), "wrong_answer", 0.75)
        assert [told.number for told in notices.unread(submission.user)] == [2]
        page = learner_client.get("/").content.decode()
        assert "2 of your answers to" in page
        assert "wrong answer (50 %) → wrong answer (75 %)" in page
        learner_client.post(reverse("notices-dismiss"), {"exercise": submission.exercise})
        assert notices.unread(submission.user) == []

    def test_the_next_page_shows_it_to_its_owner_only(self, submission, learner_client, other_client):
        notices.tell(submission, "accepted", 1.0)
        page = learner_client.get("/").content.decode()
        assert "was graded again because its checks were mended" in page
        assert "wrong answer → accepted" in page
        assert "was graded again" not in other_client.get("/").content.decode()

    def test_dismissing_leads_back_to_the_page(self, submission, learner_client):
        notices.tell(submission, "accepted", 1.0)
        data = {"exercise": submission.exercise, "next": "/exercises/"}
        response = learner_client.post(reverse("notices-dismiss"), data)
        assert response.headers["Location"] == "/exercises/"
        assert "was graded again" not in learner_client.get("/").content.decode()

    @pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "javascript:alert(1)"])
    def test_it_leads_nowhere_else(self, submission, learner_client, elsewhere):
        response = learner_client.post(reverse("notices-dismiss"), {"next": elsewhere})
        assert response.headers["Location"] == "/"

    def test_others_cannot_dismiss_it(self, submission, other_client, stranger_client):
        notices.tell(submission, "accepted", 1.0)
        data = {"exercise": submission.exercise}
        other_client.post(reverse("notices-dismiss"), data)
        stranger_client.post(reverse("notices-dismiss"), data)
        assert len(notices.unread(submission.user)) == 1

    @pytest.mark.parametrize("exercise", ["another", "x" * 10_000, "a\0b"])
    def test_other_names_dismiss_nothing(self, submission, learner_client, exercise):
        notices.tell(submission, "accepted", 1.0)
        assert learner_client.post(reverse("notices-dismiss"), {"exercise": exercise}).status_code == 302
        assert len(notices.unread(submission.user)) == 1

    def test_the_old_report_stays_readable(self, submission, learner_client, instructor_client, other_client):
        report = {"verdict": "accepted", "score": 1.0, "cases": []}
        assert lifecycle.replace_report(submission, report, "v2")
        for client in (learner_client, instructor_client):
            page = client.get(submission.get_absolute_url()).content.decode()
            assert "Earlier verdicts" in page
            assert "You flipped the kernel." in page
            assert "12345678987654321" not in page  # the seed
        assert other_client.get(submission.get_absolute_url()).status_code == 404


def test_the_right_answer_of_these_tests_is_right(desk, learner):
    assert desk.graded(learner, RIGHT).verdict == "accepted"
    assert desk.graded(learner, WRONG).verdict == "wrong_answer"
