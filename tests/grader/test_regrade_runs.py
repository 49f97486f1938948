"""Grading again from a page: a dry run, applying or cancelling it, and who may."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from exercises import catalogue
from grader import notices, regrade_runs
from grader.models import Regrade, RegradedSubmission, Submission
from tests.conftest import logged_in
from tests.grader.regrading import SLUG, desk, engine, run, sent, wronged

pytestmark = [pytest.mark.sandbox, pytest.mark.django_db]
__all__ = ["desk", "engine", "sent", "wronged"]  # fixtures


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
