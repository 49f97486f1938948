"""Cases for a GPU: how they are written, and how trusted code runs them without one."""

import numpy as np
import pytest

from exercises import catalogue, expect
from exercises.catalogue import ExerciseError
from exercises.dsl import Case, case, collected, torch_tensor
from exercises.failure import Failure
from exercises.local import LocalCandidate
from exercises.values import Tensor
from tests.exercises.support import edit


def test_a_case_for_two_devices_is_two_cases():
    @case("a batch", points=2, devices=("cpu", "cuda"))
    def batch(candidate, rng, device): ...

    plain, on_gpu = batch
    assert (plain.name, plain.device, plain.points) == ("a batch", "cpu", 2)
    assert (on_gpu.name, on_gpu.device, on_gpu.points) == ("a batch, on a GPU", "cuda", 2)
    assert collected([3, batch, plain, (1, 2)]) == (plain, on_gpu, plain)


def test_variants_get_their_device_and_inputs_of_their_own():
    seen = {}

    @case("a batch", devices=("cpu", "cuda"))
    def batch(candidate, rng, device):
        seen[device] = rng.standard_normal()

    for one in batch:
        one.run(LocalCandidate(""), seed=5)
    assert set(seen) == {"cpu", "cuda"}
    assert seen["cpu"] != seen["cuda"]


def test_a_plain_case_is_called_without_a_device():
    @case("plain")
    def plain(candidate, rng):
        expect.that(False, "it ran")

    assert isinstance(plain, Case)
    with pytest.raises(Failure, match="it ran"):
        plain.run(LocalCandidate(""), seed=5)


@pytest.mark.parametrize("devices", [(), ("tpu",), ("cuda", "cuda"), "cuda"])
def test_devices_are_checked(devices):
    with pytest.raises(ValueError, match="must be different ones of cpu, cuda"):
        case("a batch", devices=devices)


def test_a_variant_needs_a_function_that_takes_the_device():
    with pytest.raises(ValueError, match="needs a third parameter, the device"):
        case("a batch", devices=("cuda",))(lambda candidate, rng: None)


VARIANT = """
@case("on a device", devices=("cpu", "cuda"))
def on_device(candidate, rng, device): ...
"""


def test_cases_and_exercise_name_the_same_devices(root):
    checks = root / "affine" / "checks.py"
    checks.write_text(checks.read_text() + VARIANT)
    with pytest.raises(ExerciseError, match=r"checks.py: a case is for cuda, which devices in exercise.toml"):
        _ = catalogue.load("affine", root).cases


def test_a_device_without_a_case_is_an_error(root):
    edit(root, "exercise.toml", 'devices = ["cpu"]', 'devices = ["cpu", "cuda"]')
    edit(root, "exercise.toml", 'frameworks = ["numpy"]', 'frameworks = ["numpy", "torch"]')
    edit(root, "exercise.toml", 'profile = "numpy"', 'profile = "torch"')
    with pytest.raises(ExerciseError, match="no case is for cuda, which devices"):
        _ = catalogue.load("affine", root).cases


def test_the_device_of_a_result_is_expected():
    for device in ("cuda", "cuda:0", "cuda:1"):
        expect.device(Tensor(np.ones(2), device), "cuda")
    with pytest.raises(Failure, match="expected a tensor on cuda, got one on cpu"):
        expect.device(Tensor(np.ones(2)), "cuda")
    with pytest.raises(Failure, match="expected a tensor, got"):
        expect.device(np.ones(2), "cuda")


@pytest.mark.torch
def test_trusted_code_computes_on_the_cpu_and_calls_it_the_gpu():
    pytest.importorskip("torch")
    candidate = LocalCandidate("def double(x): return 2 * x\ndef where(x): return str(x.device)")
    assert candidate.double(torch_tensor(np.ones(2))).device == "cpu"
    assert candidate.where(torch_tensor(np.ones(2), device="cuda")) == "cpu"
    result = candidate.double(torch_tensor(np.ones(2), device="cuda"))
    expect.device(result, "cuda")
    expect.close(result, torch_tensor(np.full(2, 2.0)))


@pytest.mark.torch
def test_an_exercise_of_the_catalogue_has_gpu_variants():
    pytest.importorskip("torch")
    exercise = catalogue.load("bn-eval-mode-bug")
    on_gpu = [one for one in exercise.cases if one.device == "cuda"]
    assert exercise.devices == ("cpu", "cuda")
    assert len(on_gpu) >= 3
    for one in on_gpu:
        one.run(exercise.local(exercise.solutions[0].source), seed=11)
