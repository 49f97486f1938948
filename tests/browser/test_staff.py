"""The staff's pages in a real browser: they refresh themselves, fit a telephone, and complain of nothing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import INSTRUCTORS, User
from grader import faults, lifecycle, notices
from grader.models import Fault, Notice, Regrade, RegradedSubmission, Submission, WorkerBeat
from tests.browser.chromium import chromium, visit  # noqa: F401
from tests.browser.test_design import LOW_CONTRAST, OVERFLOW
from tests.conftest import logged_in, make_user

pytestmark = pytest.mark.browser

NUMPY = {"ready": True, "standby": 2, "unavailable": "", "versions": {"numpy": "2.4.6"}}
TORCH = {"ready": False, "standby": 0, "unavailable": "PyTorch is not installed", "versions": {}}
RUNNER = {"tier": "reduced", "missing": ["writable control group"], "busy": 1, "jobs": 2,
          "profiles": {"numpy": NUMPY, "torch": TORCH}}  # fmt: skip


@pytest.fixture
def boss(transactional_db) -> User:
    group, _ = Group.objects.get_or_create(name=INSTRUCTORS)
    user = make_user("grace")
    user.is_staff = True
    user.save()
    user.groups.add(group)
    return user


@pytest.fixture
def boss_session(boss) -> str:
    return logged_in(boss).cookies["sessionid"].value


@pytest.fixture
def busy_site(boss) -> Submission:
    """A worker, one that died, a fault, and a dry run that found something."""
    now = timezone.now()
    WorkerBeat.objects.create(
        name="celery@one", at=now + timedelta(minutes=5), runner=RUNNER, queues=["cpu"],
        version=settings.VERSION, runner_starts=2,
    )  # fmt: skip
    hour_ago = now - timedelta(hours=1)
    WorkerBeat.objects.create(name="celery@two", at=hour_ago, queues=["gpu"], version="older")
    submission = Submission(
        user=make_user("a-learner-with-a-long-name"), exercise="conv2d-batch", source="x = 1"
    )
    lifecycle.enqueue(submission)
    claimed = lifecycle.claim(submission.pk)
    lifecycle.finish(claimed, {"verdict": "wrong_answer", "score": 0.5, "cases": []}, "v1")
    faults.record(Fault.Kind.INTERNAL, submission.pk, 1, "EngineFault: " + "unbreakable" * 20)
    regrade = Regrade.objects.create(exercise="conv2d-batch", state="judged", gathered=True, started_by=boss)
    RegradedSubmission.objects.create(
        regrade=regrade, submission=submission, state="judged", verdict_before="wrong_answer",
        score_before=0.5, verdict="accepted", score=1.0, changes=True, attempt=1, report={},
    )  # fmt: skip
    claimed.refresh_from_db()
    return claimed


def pages() -> list[str]:
    return ["/staff/", "/staff/regrades/", Regrade.objects.get().get_absolute_url()]


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_overflows(visit, boss_session, busy_site, width):  # noqa: F811
    window = visit(boss_session, viewport={"width": width, "height": 800})
    for path in pages():
        assert window.open(path).evaluate(OVERFLOW) <= 0, path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_can_be_read(visit, boss_session, busy_site, theme):  # noqa: F811
    window = visit(boss_session, color_scheme=theme)
    for path in pages():
        assert window.open(path).evaluate(LOW_CONTRAST) == [], path


def test_operations_refresh_themselves(visit, boss_session, busy_site):  # noqa: F811
    page = visit(boss_session).open("/staff/")
    faults.record(Fault.Kind.LEASE, busy_site.pk, 2, "It came while you were looking.")
    page.get_by_text("It came while you were looking.").wait_for(timeout=15_000)


def test_a_regrade_is_followed_and_stands_still_under_the_finger(visit, boss_session, busy_site):  # noqa: F811
    Regrade.objects.update(state="judging")
    page = visit(boss_session).open(Regrade.objects.get().get_absolute_url())
    button = page.get_by_role("button", name="Cancel without changing anything")
    button.focus()
    Regrade.objects.update(state="judged")
    page.wait_for_timeout(2500)
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    assert page.get_by_text("Dry run under way").count() == 1  # not replaced while it is being used
    button.blur()
    page.get_by_text("Waits for your decision").wait_for(timeout=15_000)


def test_applying_asks_first(visit, boss_session, busy_site):  # noqa: F811
    page = visit(boss_session).open(Regrade.objects.get().get_absolute_url())
    page.get_by_role("button", name="Apply: change 1 verdict").click()
    page.get_by_text("1 verdict will change, and the learners are told.").wait_for()
    assert Regrade.objects.get().state == "judged"
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    page.get_by_text("Being applied").wait_for()
    assert Regrade.objects.get().state == "applying"


def test_a_notice_is_shown_and_dismissed(visit, busy_site):  # noqa: F811
    notices.tell(busy_site, "accepted", 1.0)
    window = visit(
        logged_in(busy_site.user).cookies["sessionid"].value, viewport={"width": 360, "height": 800}
    )
    page = window.open("/exercises/")
    page.get_by_text("was graded again because its checks were mended").wait_for()
    assert page.evaluate(OVERFLOW) <= 0
    page.get_by_role("button", name="Dismiss").click()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/exercises/")
    assert Notice.objects.get().dismissed is not None
    assert page.get_by_text("was graded again").count() == 0
