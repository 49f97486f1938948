"""Exercises with cases for a GPU, on an installation that has one and on one that has none."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from exercises import catalogue
from grader import capabilities, devices, hints, intake, judging, regrading, rerouting, results, sweeping
from grader.engine import Engine, errors, spawn
from grader.judge import judge
from grader.models import Submission, WorkerBeat
from grader.report import CaseReport, Report, Verdict
from tests.grader.engine.support import running

SLUG = "bn-eval-mode-bug"
WORKS = {"ready": True, "unavailable": "", "versions": {}}
BROKEN = {"ready": False, "unavailable": "out of service: /dev/nvidia0", "versions": {}}


def status(**profiles: dict) -> dict:
    return {"tier": "full", "profiles": {"torch": WORKS, **profiles}}


@pytest.fixture
def exercise() -> catalogue.Exercise:
    return catalogue.load(SLUG)


@pytest.fixture
def beat(db):
    def write(name: str, runner: dict | None, *queues: str, seconds_ago: float = 0) -> None:
        at = timezone.now() - timedelta(seconds=seconds_ago)
        WorkerBeat.objects.create(name=name, at=at, runner=runner, queues=list(queues))

    return write


class Runner(Engine):
    """An engine that only says how it is."""

    def __init__(self, answer: dict) -> None:
        super().__init__("nowhere")
        self.answer = answer

    def status(self) -> dict:
        return self.answer


def with_cases(exercise: catalogue.Exercise) -> tuple:
    return exercise, exercise.cases


# Where a submission is judged


def test_an_exercise_for_the_cpu_asks_no_runner():
    assert devices.where(*with_cases(catalogue.load("output-shape")), Engine("nowhere")) == "cpu"


@pytest.mark.parametrize(
    ("cuda", "device"), [({"cuda": WORKS}, "cuda"), ({"cuda": BROKEN}, "cpu"), ({}, "cpu")]
)
def test_a_gpu_is_used_where_the_runner_has_one_in_service(exercise, cuda, device):
    assert devices.where(*with_cases(exercise), Runner(status(**cuda))) == device
    assert devices.profile_for(exercise, device, "") == ("cuda" if device == "cuda" else "torch")


def test_submissions_go_to_the_cpu_queue_without_a_gpu_worker(exercise, beat):
    assert capabilities.queue_for(exercise, "import torch") == "cpu"
    beat("cpu worker", status(), "cpu")
    assert capabilities.queue_for(exercise, "import torch") == "cpu"


def test_submissions_go_to_the_gpu_queue_while_its_worker_lives(exercise, beat):
    beat("gpu worker", status(cuda=WORKS), "gpu")
    assert capabilities.queue_for(exercise, "import torch") == "gpu"
    assert capabilities.queue_for(catalogue.load("output-shape"), "") == "cpu"


@pytest.mark.parametrize(
    ("runner", "queues", "seconds_ago"),
    [
        (status(cuda=WORKS), ["gpu"], 60),  # died
        (status(cuda=BROKEN), ["gpu"], 0),
        (status(cuda=WORKS), ["cpu"], 0),  # a GPU, but nobody takes from its queue
        (None, ["gpu"], 0),  # its runner does not answer
    ],
)
def test_a_worker_that_cannot_use_a_gpu_serves_none(exercise, beat, runner, queues, seconds_ago):
    beat("a worker", runner, *queues, seconds_ago=seconds_ago)
    assert not capabilities.gpu_is_served()
    assert capabilities.queue_for(exercise, "import torch") == "cpu"


def test_what_is_submitted_is_queued_there(exercise, beat, learner):
    beat("gpu worker", status(cuda=WORKS), "gpu")
    assert intake.submit(learner, exercise, "x = 1", "submit").queue == "gpu"


def test_a_run_of_visible_cases_that_need_no_gpu_takes_none(exercise, beat, learner):
    beat("gpu worker", status(cuda=WORKS), "gpu")
    visible = [case for case in exercise.cases if case.visible]
    assert intake.submit(learner, exercise, "x = 1", "run").queue == "cpu"
    assert devices.where(exercise, visible, Runner(status(cuda=WORKS))) == "cpu"


# When the last GPU worker goes


def test_what_waits_for_a_gpu_in_vain_is_moved_to_the_cpu_workers(make_submission, beat):
    beat("gpu worker", status(cuda=WORKS), "gpu", seconds_ago=60)
    submission = make_submission(slug=SLUG, queue="gpu")
    assert rerouting.leave_unserved_gpu() == 1
    submission.refresh_from_db()
    assert (submission.queue, submission.state) == ("cpu", "queued")


def test_the_sweeper_moves_it(make_submission, monkeypatch):
    monkeypatch.setattr(hints, "top_up", lambda: 0)
    submission = make_submission(slug=SLUG, queue="gpu")
    sweeping.sweep()
    submission.refresh_from_db()
    assert submission.queue == "cpu"


def test_what_a_gpu_worker_will_take_or_has_taken_stays(make_submission, beat):
    running_there = make_submission(slug=SLUG, queue="gpu")
    Submission.objects.filter(pk=running_there.pk).update(state="running")
    assert rerouting.leave_unserved_gpu() == 0
    waiting = make_submission(slug=SLUG, queue="gpu")
    beat("gpu worker", status(cuda=WORKS), "gpu")
    assert rerouting.leave_unserved_gpu() == 0
    assert set(Submission.objects.values_list("queue", flat=True)) == {"gpu"}
    assert {running_there.pk, waiting.pk} == set(Submission.objects.values_list("pk", flat=True))


def test_trusted_processes_see_no_gpu():
    """PyTorch would take memory of the GPU for a diagnosis, and forked workers could not go on."""
    assert os.environ["CUDA_VISIBLE_DEVICES"] == ""
    assert "CUDA_VISIBLE_DEVICES" not in spawn.ENVIRONMENT


# Reports


def case(name: str, verdict: Verdict, points: int = 1) -> CaseReport:
    return CaseReport(name, False, verdict, points, "not run: no GPU worker" if verdict == "not_run" else "")


def report(*cases: CaseReport) -> Report:
    return Report(SLUG, "1", 5, cases)


def test_a_case_that_was_not_run_counts_neither_way():
    good, bad, absent = (
        case("a", Verdict.ACCEPTED, 3),
        case("b", Verdict.WRONG_ANSWER),
        case("c", Verdict.NOT_RUN, 6),
    )
    assert (report(good, absent).verdict, report(good, absent).score) == (Verdict.ACCEPTED, 1.0)
    assert (report(absent, good, bad).verdict, report(absent, good, bad).score) == (
        Verdict.WRONG_ANSWER,
        0.75,
    )


@pytest.fixture(scope="module")
def torch_engine():
    pytest.importorskip("torch")
    with running(("torch",), wait_seconds=90) as engine:
        yield engine


@pytest.mark.sandbox
@pytest.mark.torch
def test_without_a_gpu_the_rest_is_judged(exercise, torch_engine):
    answer = exercise.solutions[0].source.encode()
    told = []
    judged = judge(exercise, answer, engine=torch_engine, seed=3, on_event=told.append).as_dict()
    absent = [one for one in judged["cases"] if one["verdict"] == "not_run"]
    assert (judged["verdict"], judged["score"], judged["device"]) == ("accepted", 1.0, "cpu")
    assert len(absent) == capabilities.gpu_cases(exercise) == 3
    assert {one["message"] for one in absent} == {"not run: no GPU worker"}
    assert [one["name"] for one in judged["cases"]] == [one.name for one in exercise.cases]
    assert {event["of"] for event in told} == {len(exercise.cases) - 3}


@pytest.mark.sandbox
@pytest.mark.torch
@pytest.mark.parametrize(
    ("source", "verdict"),
    [(b"x = (", "invalid_submission"), (b"def fix_inference(server, x): 1/0", "runtime_error")],
)
def test_a_fault_of_the_learner_never_touches_cases_for_a_gpu(exercise, torch_engine, source, verdict):
    judged = judge(exercise, source, engine=torch_engine, seed=3).as_dict()
    found = {one["verdict"] for one in judged["cases"] if one["name"].endswith("on a GPU")}
    assert (judged["verdict"], found) == (verdict, {"not_run"})


def test_a_gpu_that_fails_under_a_session_is_no_fault_of_the_learner(exercise):
    judged = judge(exercise, b"x = 1", engine=Runner(status(cuda=WORKS)), seed=3)
    assert judged.verdict is Verdict.INTERNAL_ERROR
    assert "EngineUnavailable" in judged.fault


# Pages


@pytest.fixture
def finished(make_submission):
    def make(**changes) -> Submission:
        cases = [case("a", Verdict.ACCEPTED, 3).as_dict(), case("b", Verdict.NOT_RUN, 2).as_dict()]
        submission = make_submission(slug=SLUG)
        submission.state, submission.verdict, submission.score = "finished", "accepted", 1.0
        submission.report = {"verdict": "accepted", "score": 1.0, "device": "cpu", "cases": cases, **changes}
        submission.save()
        return submission

    return make


def test_the_result_tells_what_was_not_run(finished, learner_client):
    submission = finished()
    result = results.present(submission)
    assert (result.earned, result.points, result.failing, result.not_run_text) == (3, 3, [], "")
    page = learner_client.get(f"/submissions/{submission.pk}/result").content.decode()
    assert "1 case needs a GPU, and no GPU worker is here: it was not run and counts neither way." in page
    assert "not_run" not in page


def test_the_exercise_says_beforehand_where_its_cases_run(learner_client, beat):
    text = learner_client.get(f"/exercises/{SLUG}/").content.decode()
    assert "3 cases need a GPU. None is here at present: they are not run" in text
    beat("gpu worker", status(cuda=WORKS), "gpu")
    text = learner_client.get(f"/exercises/{SLUG}/").content.decode()
    assert "3 cases need a GPU and will be run on one." in text
    assert "need a GPU" not in learner_client.get("/exercises/conv2d-batch/").content.decode()


def test_a_verdict_from_a_gpu_is_not_replaced_by_one_without(finished, exercise, monkeypatch):
    submission = finished(device="cuda")
    judged = report(case("a", Verdict.WRONG_ANSWER))
    monkeypatch.setattr(judging, "report_for", lambda *arguments, **options: judged)
    outcome = regrading.judge_again(submission, Engine("nowhere"))
    assert outcome.failed
    assert not outcome.is_news
    submission.report["device"] = "cpu"
    assert regrading.judge_again(submission, Engine("nowhere")).is_news


def test_an_exercise_for_a_gpu_only_is_refused_with_the_reason(exercise):
    only = replace(exercise, devices=("cuda",), profile="cuda")
    assert devices.where(only, exercise.cases, Runner(status(cuda=BROKEN))) == "cuda"
    with pytest.raises(errors.EngineUnavailable):
        Engine("nowhere").open(devices.profile_for(only, "cuda", ""))


# Answers in NumPy to an exercise that takes both


@pytest.fixture
def both(exercise) -> catalogue.Exercise:
    """The exercise as if it took NumPy as well, with its cases for a GPU for torch answers only."""
    taking = replace(exercise, frameworks=("numpy", "torch"))
    cases = exercise.cases
    taking.__dict__["cases"] = tuple(
        replace(c, framework="torch" if c.device == "cuda" else "") for c in cases
    )
    return taking


def test_an_answer_in_numpy_needs_neither_pytorch_nor_a_gpu(both, beat):
    beat("gpu worker", status(cuda=WORKS), "gpu")
    assert capabilities.queue_for(both, "import torch") == "gpu"
    assert capabilities.queue_for(both, "import numpy") == "cpu"
    assert devices.profile_for(both, "cpu", "import numpy") == "numpy"


def test_an_installation_without_pytorch_takes_answers_in_numpy(both, beat):
    beat("cpu worker", {"tier": "full", "profiles": {"numpy": WORKS}}, "cpu")
    assert capabilities.missing_for(both) == capabilities.missing_for(both, "import numpy") == ""
    assert "Write it with NumPy" in capabilities.missing_for(both, "import torch")


def test_an_exercise_for_pytorch_alone_is_missing_there(exercise, beat):
    beat("cpu worker", {"tier": "full", "profiles": {"numpy": WORKS}}, "cpu")
    assert "needs PyTorch" in capabilities.missing_for(exercise)
