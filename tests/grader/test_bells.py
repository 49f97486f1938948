"""The bells on real databases: what one process writes, another one hears."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import require_or_skip
from tests.grader import services

ROOT = Path(__file__).resolve().parents[2]

# Writes events from a second thread, so over a second connection, while the bell is listened to.
PROGRAM = """
import asyncio, json
from concurrent.futures import ThreadPoolExecutor
from django.db import connection, transaction
from accounts.models import User
from grader import bells, lifecycle
from grader.models import Submission, SubmissionEvent

submission = Submission(user=User.objects.create_user("learner"), exercise="conv2d-batch", source="x = 1")
heard = []

def undone():
    with transaction.atomic():
        SubmissionEvent.objects.create(submission=submission, seq=50, kind="case")
        transaction.set_rollback(True)

def long():
    SubmissionEvent.objects.create(submission=submission, seq=99, kind="case", payload={"name": "x" * 9000})

async def until(number):
    while len(heard) < number:
        await asyncio.sleep(0.01)
    return len(heard)

async def work():
    writer = ThreadPoolExecutor(1)
    loop = asyncio.get_running_loop()
    bell = bells.bell(ThreadPoolExecutor(1), heard.append)
    task = asyncio.ensure_future(bell.run())
    await asyncio.wait_for(until(1), 30)
    for job in (lambda: lifecycle.enqueue(submission), undone, long):
        before = len(heard)
        await loop.run_in_executor(writer, job)
        if job is not undone:
            await asyncio.wait_for(until(before + 1), 30)
    task.cancel()

asyncio.run(work())
print(json.dumps([[str(r.pk or ""), r.seq, r.kind, r.payload] for r in heard]), str(submission.pk), sep="\\n")
"""


def heard(var: Path, address: str) -> tuple[list[list], str]:
    """What the bell rang, and the submission's key."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("STRIDE_", "CELERY_"))}
    environment = {**kept, "STRIDE_VAR": str(var), "DATABASE_URL": address}

    def manage(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    manage("migrate", "--verbosity", "0")
    rings, pk = manage("shell", "--no-imports", "-v", "0", "-c", PROGRAM).splitlines()
    return json.loads(rings), pk


def test_sqlite_says_that_something_was_written(tmp_path):
    rings, _ = heard(tmp_path, f"sqlite:///{tmp_path / 'db.sqlite3'}")
    assert len(rings) >= 3
    assert all(ring == ["", 0, "", None] for ring in rings)


@pytest.mark.services
def test_postgresql_hands_over_what_was_committed(tmp_path):
    missing = services.services_missing()
    require_or_skip(not missing, missing)
    with services.postgres() as server:
        rings, pk = heard(tmp_path, server.url)
    assert rings == [["", 0, "", None], [pk, 1, "queued", {}], [pk, 0, "", None]]
