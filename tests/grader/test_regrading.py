"""Grading again: the command, the dry run behind a page, applying it, and what the learner gets to know."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exercises import catalogue
from grader import lifecycle, notices, regrade_runs, regrading
from grader.management.commands import regrade as command
from grader.models import Counter, Notice, Regrade, RegradedSubmission, Submission
from tests.conftest import logged_in
from tests.grader.regrading import RIGHT, SLUG, WRONG, desk, engine, sent, wronged

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db]
__all__ = ["desk", "engine", "sent", "wronged"]  # fixtures


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("regrade", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


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


class TestDryRunBehindAPage:
    def test_it_finds_what_would_change_and_stores_nothing(self, desk, wronged, instructor):
        regrade = desk.dry_run(instructor)
        assert regrade.state == "judged"
        item = regrade.items.get()
        assert (item.verdict_before, item.verdict, item.changes) == ("wrong_answer", "accepted", True)
        assert "seed" not in item.report
        wronged.refresh_from_db()
        assert wronged.verdict == "wrong_answer"

    def test_applying_it_stores_just_that(self, desk, wronged, instructor):
        regrade = desk.dry_run(instructor)
        assert regrade_runs.apply(regrade, instructor)
        desk.deliver()
        regrade.refresh_from_db()
        wronged.refresh_from_db()
        assert (regrade.state, regrade.applied_by) == ("applied", instructor)
        assert (wronged.verdict, wronged.exercise_version) == ("accepted", catalogue.load(SLUG).version)
        assert wronged.past_reports.count() == 1
        assert regrade.items.get().report is None
        assert len(notices.unread(wronged.user)) == 1

    def test_cancelling_it_changes_nothing(self, desk, wronged, instructor):
        regrade = desk.dry_run(instructor)
        assert regrade_runs.cancel(regrade)
        assert not regrade_runs.apply(regrade, instructor)
        wronged.refresh_from_db()
        assert wronged.verdict == "wrong_answer"

    def test_what_the_present_version_has_judged_is_left_out(self, desk, learner, instructor):
        desk.graded(learner)
        assert desk.dry_run(instructor).items.count() == 0
        regrade_runs.cancel(Regrade.objects.get())
        assert desk.dry_run(instructor, everything=True).items.count() == 1

    def test_a_submission_that_was_graded_again_meanwhile_is_left_alone(self, desk, wronged, instructor):
        regrade = desk.dry_run(instructor)
        run(SLUG)
        regrade_runs.apply(regrade, instructor)
        desk.deliver()
        assert regrade.items.get().state == "outdated"
        assert wronged.past_reports.count() == 1

    def test_a_deleted_account_takes_its_submissions_out(self, desk, wronged, instructor):
        regrade = desk.dry_run(instructor)
        wronged.user.delete()
        regrade_runs.apply(regrade, instructor)
        desk.deliver()
        regrade.refresh_from_db()
        assert regrade.state == "applied"

    def test_it_works_in_slices(self, desk, wronged, instructor, monkeypatch):
        desk.break_checks()
        desk.graded(wronged.user)
        desk.mend_checks()
        monkeypatch.setattr(regrade_runs, "STEP_SECONDS", -1)  # each step finds its time up at once
        regrade = regrade_runs.start(SLUG, "cpu", instructor)
        regrade_runs.step(*desk.sent.pop())
        assert regrade.items.filter(state="waiting").count() == 2
        assert len(desk.sent) == 1  # and comes back to the queue's end
        monkeypatch.setattr(regrade_runs, "STEP_SECONDS", 60)
        desk.deliver()
        assert regrade.items.filter(state="judged").count() == 2

    def test_an_old_or_repeated_message_does_nothing(self, desk, wronged, instructor):
        regrade = regrade_runs.start(SLUG, "cpu", instructor)
        first = desk.sent.pop()
        regrade_runs.send_due()
        Regrade.objects.update(send_after=timezone.now())
        regrade_runs.send_due()
        assert len(desk.sent) == 1
        regrade_runs.step(*first)
        assert regrade.items.count() == 0
        desk.deliver()
        assert regrade.items.filter(state="judged").count() == 1

    def test_a_broker_that_is_away_is_tried_again_later(self, desk, wronged, instructor, monkeypatch):
        def away(*arguments, **options):
            raise OSError("no broker")

        with monkeypatch.context() as broken:
            broken.setattr(regrade_runs.current_app, "send_task", away)
            regrade = regrade_runs.start(SLUG, "cpu", instructor)
        Regrade.objects.update(send_after=timezone.now())
        regrade_runs.send_due()
        desk.deliver()
        regrade.refresh_from_db()
        assert regrade.state == "judged"

    def test_a_worker_that_died_is_followed_by_another(self, desk, wronged, instructor):
        regrade = regrade_runs.start(SLUG, "cpu", instructor)
        desk.sent.clear()
        past = timezone.now() - timedelta(seconds=1)
        Regrade.objects.update(lease_until=timezone.now() + timedelta(minutes=1), send_after=past)
        regrade_runs.send_due()
        assert desk.sent == []  # as far as anybody knows it lives
        Regrade.objects.update(lease_until=past)
        regrade_runs.send_due()
        desk.deliver()
        regrade.refresh_from_db()
        assert regrade.state == "judged"

    def test_a_runner_that_is_away_is_waited_for(self, desk, wronged, instructor, settings, tmp_path):
        there, settings.RUNNER_SOCKET = settings.RUNNER_SOCKET, tmp_path / "none.sock"
        regrade = desk.dry_run(instructor)
        assert (regrade.state, regrade.message) == ("judging", regrade_runs.RUNNER_AWAY)
        assert regrade.items.get().tries == 0
        settings.RUNNER_SOCKET = there
        Regrade.objects.update(send_after=timezone.now())
        regrade_runs.send_due()
        desk.deliver()
        regrade.refresh_from_db()
        assert (regrade.state, regrade.message) == ("judged", "")

    def test_what_cannot_be_judged_fails_after_three_tries(self, desk, wronged, instructor):
        desk.checks.write_text(desk.checks.read_text().replace("np.array([1.0", "np.nonsense([1.0"))
        regrade = desk.dry_run(instructor)
        item = regrade.items.get()
        assert (regrade.state, item.state, item.tries) == ("judged", "failed", regrade_runs.MAX_TRIES)

    def test_an_exercise_that_cannot_be_read_ends_it_with_the_reason(self, desk, wronged, instructor):
        (desk.checks.parent / "exercise.toml").write_text("title = ")
        regrade = desk.dry_run(instructor)
        assert regrade.state == "failed"
        assert "exercise.toml" in regrade.message

    def test_one_at_a_time_for_an_exercise(self, desk, wronged, instructor):
        regrade_runs.start(SLUG, "cpu", instructor)
        with pytest.raises(regrade_runs.Refused, match="apply or cancel that first"):
            regrade_runs.start(SLUG, "cpu", instructor)

    def test_a_dry_run_that_nobody_decides_about_expires(self, desk, wronged, instructor):
        regrade = desk.dry_run(instructor)
        week = timezone.now() - timedelta(days=regrade_runs.EXPIRES_DAYS, seconds=1)
        Regrade.objects.update(created=week)
        regrade_runs.send_due()
        regrade.refresh_from_db()
        assert regrade.state == "cancelled"
        assert regrade.items.get().report is None


class TestSelection:
    def test_only_finished_ones_are_taken(self, desk, wronged, make_submission, instructor):
        make_submission()
        regrade = regrade_runs.start_selection(Submission.objects.all(), instructor)
        desk.deliver()
        assert [item.submission for item in regrade.items.all()] == [wronged]
        assert regrade.exercise == SLUG

    def test_none_finished_is_refused(self, desk, make_submission, instructor):
        make_submission()
        with pytest.raises(regrade_runs.Refused, match="wait for their verdicts"):
            regrade_runs.start_selection(Submission.objects.all(), instructor)

    def test_too_many_are_refused_with_the_limit(self, desk, wronged, instructor, monkeypatch):
        monkeypatch.setattr(regrade_runs, "MAX_SELECTED", 0)
        with pytest.raises(regrade_runs.Refused, match="At most 0 submissions"):
            regrade_runs.start_selection(Submission.objects.all(), instructor)

    def test_those_of_two_queues_are_refused(self, desk, wronged, instructor):
        desk.graded(wronged.user)
        Submission.objects.filter(pk=wronged.pk).update(queue="gpu")
        with pytest.raises(regrade_runs.Refused, match="cpu and gpu"):
            regrade_runs.start_selection(Submission.objects.all(), instructor)

    def test_the_admin_action_leads_to_the_dry_run(self, desk, wronged, instructor_client):
        data = {"action": "grade_again", "_selected_action": [str(wronged.pk)]}
        response = instructor_client.post("/admin/grader/submission/", data)
        regrade = Regrade.objects.get()
        assert response.headers["Location"] == regrade.get_absolute_url()
        assert RegradedSubmission.objects.get().submission == wronged

    def test_the_admin_says_why_nothing_was_started(self, desk, make_submission, instructor_client):
        data = {"action": "grade_again", "_selected_action": [str(make_submission().pk)]}
        page = instructor_client.post("/admin/grader/submission/", data, follow=True).content.decode()
        assert "wait for their verdicts" in page

    def test_the_admin_leads_to_the_exercises(self, desk, instructor_client):
        page = instructor_client.get("/admin/grader/submission/").content.decode()
        assert "Grade an exercise again" in page
        response = instructor_client.get("/admin/grader/submission/grade-again/")
        assert response.headers["Location"] == reverse("staff-regrades")


class TestPages:
    def test_from_the_form_to_the_changed_verdict(self, desk, wronged, instructor_client, learner_client):
        form = instructor_client.get(reverse("staff-regrades")).content.decode()
        assert f'value="{SLUG}/cpu"' in form
        assert "1 finished, 1 by another version" in form
        started = instructor_client.post(reverse("staff-regrades"), {"what": f"{SLUG}/cpu"})
        page = started.headers["Location"]
        assert "Dry run under way" in instructor_client.get(page).content.decode()
        desk.deliver()
        shown = instructor_client.get(f"{page}now").content.decode()
        assert "Waits for your decision" in shown
        assert "Apply: change 1 verdict" in shown
        assert "learner" in shown
        instructor_client.post(f"{page}apply")
        desk.deliver()
        assert "Applied" in instructor_client.get(page).content.decode()
        assert "wrong answer → accepted" in learner_client.get("/").content.decode()

    def test_a_refusal_is_shown(self, desk, wronged, instructor_client):
        page = instructor_client.post(reverse("staff-regrades"), {"what": "gone/cpu"}, follow=True)
        assert "There is no exercise" in page.content.decode()

    def test_deciding_twice_is_told(self, desk, wronged, instructor, instructor_client):
        regrade = desk.dry_run(instructor)
        address = regrade.get_absolute_url()
        instructor_client.post(f"{address}cancel")
        for step, text in (("apply", "does not wait for a decision"), ("cancel", "too late to cancel")):
            page = instructor_client.post(f"{address}{step}", follow=True).content.decode()
            assert text in page

    def test_names_of_learners_are_escaped(self, desk, instructor, instructor_client):
        hostile = User.objects.create_user("<b>x</b>")
        desk.break_checks()
        desk.graded(hostile)
        desk.mend_checks()
        page = instructor_client.get(desk.dry_run(instructor).get_absolute_url()).content.decode()
        assert "<b>x</b>" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page

    @pytest.mark.parametrize("step", ["", "now", "apply", "cancel"])
    def test_only_instructors_may(
        self, desk, instructor, learner_client, other_client, stranger_client, step
    ):
        regrade = Regrade.objects.create(exercise=SLUG, state="judged")
        address = f"{regrade.get_absolute_url()}{step}"
        for client, expected in ((learner_client, 403), (other_client, 403), (stranger_client, 302)):
            send = client.post if step in ("apply", "cancel") else client.get
            assert send(address).status_code == expected
        regrade.refresh_from_db()
        assert regrade.state == "judged"

    def test_staff_without_the_instructors_group_may_not(self, desk, other_learner):
        other_learner.is_staff = True
        other_learner.save()
        client = logged_in(other_learner)
        assert client.get(reverse("staff-operations")).status_code == 200
        assert client.get(reverse("staff-regrades")).status_code == 403
        assert client.post(reverse("staff-regrades"), {"what": f"{SLUG}/cpu"}).status_code == 403
        assert not Regrade.objects.exists()

    def test_an_instructor_who_is_no_staff_may_not(self, desk, instructor):
        instructor.is_staff = False
        instructor.save()
        client = logged_in(instructor)
        assert client.get(reverse("staff-regrades")).status_code == 403
        assert client.get(reverse("staff-operations")).status_code == 403


def test_the_right_answer_of_these_tests_is_right(desk, learner):
    assert desk.graded(learner, RIGHT).verdict == "accepted"
    assert desk.graded(learner, WRONG).verdict == "wrong_answer"
