"""What only a GPU can show: right numbers, limits, errors of the device, and who comes after whom."""

import statistics
import threading
import time

import numpy as np
import pytest

from exercises import catalogue, reference
from grader.engine import Gradients, TensorValue, errors
from grader.judge import judge

SOURCE = """
import torch
def conv2d(x, w): return torch.nn.functional.conv2d(x, w, padding=1)
def product(a, b): return a @ b
def where(x): return str(x.device)
def cube(x): return (x ** 3).sum(0)
def draw(): return torch.rand(4, device="cuda")
def settings():
    backends = torch.backends
    return [backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32, backends.cudnn.benchmark]
def allocate(megabytes): return float(torch.ones(megabytes << 18, device="cuda").sum())
def out_of_bounds():
    table, index = torch.zeros(4, device="cuda"), torch.tensor([1 << 20], device="cuda")
    return table[index]
def crash():
    import os
    torch.ones(4, device="cuda").sum()
    os.abort()
def loop():
    x = torch.ones(2048, 2048, device="cuda")
    while True:
        x = x @ x
def go_round_the_allocator(megabytes):
    import ctypes, time
    driver, memory = ctypes.CDLL("libcuda.so.1"), ctypes.c_ulonglong()
    code = driver.cuMemAlloc_v2(ctypes.byref(memory), ctypes.c_size_t(megabytes << 20))
    time.sleep(5)
    return code
"""


def on_gpu(array: np.ndarray) -> TensorValue:
    return TensorValue(array.astype(np.float32), device="cuda")


def relative_error(found: TensorValue, expected: np.ndarray) -> float:
    return float(np.abs(found.array.astype(np.float64) - expected).max() / np.abs(expected).max())


def honest_is_accepted(opened) -> bool:
    with opened(SOURCE) as session:
        value = session.call("cube", (on_gpu(np.full((2, 3), 2.0)),)).value
        return value.device.startswith("cuda") and value.array.tolist() == [16.0] * 3


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_tensors_reach_the_gpu_and_come_back(opened):
    with opened(SOURCE) as session:
        assert session.call("where", (on_gpu(np.ones(3)),)).value == "cuda:0"
        assert session.call("where", (TensorValue(np.ones(3)),)).value == "cpu"
    assert honest_is_accepted(opened)


def test_tensorfloat_is_off(opened):
    with opened(SOURCE) as session:
        assert session.call("settings").value == [False, False, False]


@pytest.mark.parametrize("shape", [(2, 16, 32, 32), (8, 64, 28, 28)])
def test_a_convolution_agrees_with_the_reference_in_float32(opened, rng, note, shape):
    x = rng.standard_normal(shape).astype(np.float32)
    w = (rng.standard_normal((32, shape[1], 3, 3)) / 8).astype(np.float32)
    expected = reference.conv2d(x.astype(np.float64), w.astype(np.float64), padding=1)
    with opened(SOURCE) as session:
        error = relative_error(session.call("conv2d", (on_gpu(x), on_gpu(w))).value, expected)
    note(f"largest error of a convolution {shape}, relative to the largest value", f"{error:.1e}")
    assert error < 5e-5  # TensorFloat-32 keeps 10 bits: some 5e-4


def test_a_product_agrees_with_the_reference_in_float32(opened, rng):
    a, b = (
        rng.standard_normal((256, 512)).astype(np.float32),
        rng.standard_normal((512, 128)).astype(np.float32),
    )
    with opened(SOURCE) as session:
        value = session.call("product", (on_gpu(a), on_gpu(b))).value
    assert relative_error(value, a.astype(np.float64) @ b.astype(np.float64)) < 5e-5


def test_gradients_are_taken_on_the_gpu(opened):
    x, seed = np.arange(6.0).reshape(2, 3), np.array([1.0, 0.0, 2.0])
    with opened(SOURCE) as session:
        reply = session.call("cube", (on_gpu(x),), gradients=Gradients(of=(0,), seed=seed))
    assert reply.gradients[0].array.tolist() == (3 * x**2 * seed).tolist()


def test_every_session_draws_other_numbers(opened):
    draws = []
    for _ in range(2):
        with opened(SOURCE) as session:
            draws.append(session.call("draw").value.array.tolist())
    assert draws[0] != draws[1]


def test_more_memory_than_the_limit_is_a_memory_limit(opened):
    with opened(SOURCE, device_memory_mb=512) as session:
        assert session.call("allocate", (100,)).value == 100 << 18
        with pytest.raises(errors.MemoryLimit, match="512 MB on the GPU"):
            session.call("allocate", (1024,))
    assert honest_is_accepted(opened)


def test_memory_that_goes_round_the_allocator_is_seen(opened, inventory):
    beyond = min(6144, inventory.gpus[0].memory_mb - 2048)
    with opened(SOURCE, device_memory_mb=512) as session:
        session.call("draw")
        with pytest.raises(errors.MemoryLimit):
            session.call("go_round_the_allocator", (beyond,))
    assert honest_is_accepted(opened)


def test_an_illegal_access_is_a_runtime_error_and_harms_nobody_else(opened):
    with opened(SOURCE) as session, pytest.raises(errors.CandidateFault) as caught:
        session.call("out_of_bounds")
    assert caught.value.verdict == "runtime_error"
    for _ in range(2):
        assert honest_is_accepted(opened)


def test_a_crash_with_a_context_is_a_runtime_error_and_harms_nobody_else(opened):
    with opened(SOURCE) as session, pytest.raises(errors.CandidateDied):
        session.call("crash")
    assert honest_is_accepted(opened)


def test_endless_kernels_meet_the_time_limit(opened):
    with opened(SOURCE, seconds=2) as session, pytest.raises(errors.TimeLimit):
        session.call("loop")
    assert honest_is_accepted(opened)


def test_one_candidate_a_gpu_at_a_time(opened, inventory):
    held = [opened(SOURCE) for _ in inventory.gpus]
    order = []

    def come_later() -> None:
        with opened(SOURCE):
            order.append("second")

    other = threading.Thread(target=come_later)
    other.start()
    time.sleep(1.0)
    order.append("first is done")
    for session in held:
        session.finish()
    other.join(60)
    assert order == ["first is done", "second"]


@pytest.mark.parametrize(
    "slug", [one.slug for one in catalogue.load_all() if "cuda" in one.devices], ids=lambda slug: slug
)
def test_model_answers_pass_on_the_gpu(engine, slug):
    exercise = catalogue.load(slug)
    for solution in (one for one in exercise.solutions if one.framework == "torch"):
        report = judge(exercise, solution.source.encode(), engine=engine, seed=11)
        failed = [(case.name, case.message) for case in report.cases if case.verdict != "accepted"]
        assert (report.device, failed) == ("cuda", [])


def test_what_waiting_and_a_session_cost(engine, opened, note):
    time.sleep(5)  # until a child waits
    (gpu, *_) = engine.status()["profiles"]["cuda"]["gpus"]
    note(
        "memory of the GPU in use while one child waits", f"{gpu['used_mb']:,} MB of {gpu['memory_mb']:,} MB"
    )
    x, w = on_gpu(np.ones((2, 3, 16, 16))), on_gpu(np.ones((4, 3, 3, 3)))
    served, gaps = [], []
    for _ in range(8):
        begun = time.perf_counter()
        with opened(SOURCE) as session:
            gaps.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            for _ in range(12):
                session.call("conv2d", (x, w))
            served.append(time.perf_counter() - begun)
    note("from asking to a loaded session, one after the other, median", f"{statistics.median(gaps):.2f} s")
    note("12 convolutions in a session, median", f"{1000 * statistics.median(served):.1f} ms")
