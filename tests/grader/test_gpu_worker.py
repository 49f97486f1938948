"""A submission on its way through the queue of a GPU worker, on a machine whose driver is a stand-in."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine.spawn import PROJECT
from tests.conftest import require_or_skip
from tests.grader.engine.gpu_stand_in import machine
from tests.grader.engine.support import sandbox_works

pytestmark = [pytest.mark.sandbox, pytest.mark.torch, pytest.mark.slow]

# A process of its own, with a database of its own.
SCRIPT = """
import json, time
import django
django.setup()
from accounts.models import User
from exercises import catalogue
from grader import capabilities, intake

def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.2)

def finished():
    submission.refresh_from_db()
    return submission.is_finished

user = User.objects.create_user("learner", password="correct horse battery")
exercise = catalogue.load("bn-eval-mode-bug")
until(capabilities.gpu_is_served)
submission = intake.submit(user, exercise, exercise.solutions[0].source, "submit")
queue = submission.queue
until(finished)
report = submission.report
print(json.dumps({
    "queue": queue, "verdict": submission.verdict, "device": report["device"], "sandbox": report["sandbox"],
    "cases": [case["verdict"] for case in report["cases"]], "of": len(exercise.cases),
}))
"""


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """A site with nothing but a GPU worker."""
    pytest.importorskip("torch")
    require_or_skip(sandbox_works() and os.geteuid() == 0, "root, to make device files,")
    require_or_skip(shutil.which("cc") is not None, "a C compiler")
    var = Path(tempfile.mkdtemp(prefix="gpu-site"))
    with machine(profiles="torch,cuda") as found:
        settings = {
            "STRIDE_VAR": str(var),
            "STRIDE_RUNNER_SOCKET": str(found.folder / "s"),
            "STRIDE_RUNNER_EMBEDDED": "0",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | settings
        command = [sys.executable, "manage.py", "migrate", "--no-input", "-v0"]
        subprocess.run(command, cwd=PROJECT, env=environment, check=True)
        options = ["--queues", "gpu", "--concurrency", "1", "--loglevel", "WARNING"]
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "--quiet", "-A", "config", "worker", *options],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            yield environment
        finally:
            worker.terminate()
            worker.wait(20)
            shutil.rmtree(var)


def test_a_submission_is_graded_on_the_gpu_with_all_its_cases(environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=PROJECT,
        env=environment,
        text=True,
        capture_output=True,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["queue"], found["verdict"], found["device"]) == ("gpu", "accepted", "cuda")
    assert found["cases"] == ["accepted"] * found["of"]
    assert found["sandbox"] in ("full", "reduced")
