"""A regrade on a real site whose workers are killed in the middle of it."""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest

from exercises import catalogue
from tests.conftest import require_or_skip
from tests.grader import stack as stacks
from tests.grader.services import services_missing
from tests.grader.stack import Stack, wait_for

SLUG = "output-shape"
NUMBER = 8
PRELUDE = """
import json
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from accounts.models import User
from grader import regrade_runs
from grader.models import *
"""
AS_BROKEN_CHECKS_LEFT_THEM = """
Submission.objects.update(verdict="wrong_answer", score=0.5, exercise_version="broken")
boss = User.objects.create_superuser("boss")
session = SessionStore()
session[SESSION_KEY] = str(boss.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = boss.get_session_auth_hash()
session.create()
regrade = regrade_runs.start("output-shape", "cpu", boss)
print(json.dumps([regrade.get_absolute_url() + "now", session.session_key]))
"""
APPLY = "regrade_runs.apply(Regrade.objects.get(), User.objects.get(username='boss'))"
OUTCOME = """
def told(row):
    return row.events.filter(kind="regraded").count(), Notice.objects.filter(submission=row).count()
print(json.dumps([[row.verdict, row.past_reports.count(), *told(row)] for row in Submission.objects.all()]))
"""


def shell(stack: Stack, code: str) -> Any:
    out = stack.manage("shell", "--no-imports", "-v", "0", "-c", PRELUDE + code).stdout
    return json.loads(out) if out.strip() else None


def wait_for_page(stack: Stack, address: str, session: str, text: str) -> None:
    """Look at the regrade's page, as its browser does, until it says so."""
    seen = ""

    def says() -> bool:
        nonlocal seen
        status, seen = stack.ask("GET", address, Cookie=f"sessionid={session}")
        return status == 200 and text in seen

    try:
        wait_for(text, says, 60)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{seen}\n{stack.logs()}") from None


class RegradeContract:
    """What must hold whatever carries the rows and the messages."""

    @staticmethod
    def open_stack() -> AbstractContextManager[Stack]:
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def stack(cls) -> Iterator[Stack]:
        with cls.open_stack() as running:
            yield running

    def test_it_survives_the_death_of_its_workers(self, stack):
        source = catalogue.load(SLUG).solutions[0].source
        for pk in [stack.submit(source, SLUG) for _ in range(NUMBER)]:
            stack.wait_for_state(pk, "finished")
        page = shell(stack, AS_BROKEN_CHECKS_LEFT_THEM)
        stack.kill_worker()
        stack.start_worker()
        wait_for_page(stack, *page, f"Apply: change {NUMBER} verdicts")
        shell(stack, APPLY)
        stack.kill_worker()
        stack.start_worker()
        wait_for_page(stack, *page, '<span class="badge badge--good">Applied</span>')
        assert shell(stack, OUTCOME) == [["accepted", 1, 1, 1]] * NUMBER


@pytest.mark.sandbox
@pytest.mark.slow
class TestEmbedded(RegradeContract):
    """SQLite and the file-system broker."""

    open_stack = staticmethod(stacks.embedded)


@pytest.mark.sandbox
@pytest.mark.services
@pytest.mark.slow
class TestServices(RegradeContract):
    """PostgreSQL and Redis."""

    @staticmethod
    def open_stack() -> AbstractContextManager[Stack]:
        missing = services_missing()
        require_or_skip(not missing, missing)
        return stacks.services()
