"""The exercises as content: right answers in any style pass, mistakes are named, stated numbers are right."""

import numpy as np
import pytest

from exercises import catalogue, reference
from exercises.diagnosis import diagnose
from exercises.proof.answers import failed
from exercises.reference.arithmetic import conv_output_size, pool_output_size, transposed_output_size

SLUGS = (
    "batchnorm-forward",
    "bn-eval-mode-bug",
    "conv2d-batch",
    "conv2d-single-filter",
    "inverted-dropout",
    "max-pool2d",
    "output-shape",
    "receptive-field",
)
SEEDS = (101, 102, 103)
ANSWERS = [(slug, answer.file) for slug in SLUGS for answer in catalogue.load(slug).answers]
MISTAKES = [(slug, mistake.name) for slug in SLUGS for mistake in catalogue.load(slug).mistakes]


def exercise_for(slug):
    exercise = catalogue.load(slug)
    if exercise.profile == "torch":
        pytest.importorskip("torch")
    return exercise


def failures(exercise, source, seed):
    cases = exercise.cases_for(source)
    found = {case.name: failed(exercise, case, seed, source, "candidate") for case in cases}
    return {name: str(failure[1]) for name, failure in found.items() if failure}


@pytest.mark.parametrize("slug", SLUGS)
def test_model_answers_are_accepted_with_any_seed(slug):
    exercise = exercise_for(slug)
    for solution in exercise.solutions:
        for seed in SEEDS:
            assert failures(exercise, solution.source, seed) == {}


@pytest.mark.parametrize(("slug", "file"), ANSWERS)
def test_right_answers_in_other_styles_are_accepted(slug, file):
    exercise = exercise_for(slug)
    source = next(answer.source for answer in exercise.answers if answer.file == file)
    for seed in SEEDS:
        assert failures(exercise, source, seed) == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_there_are_two_other_right_answers_and_enough_cases_and_mistakes(slug):
    exercise = catalogue.load(slug)
    cases = exercise.cases_for(exercise.starter)
    hidden = [case for case in cases if not case.visible]
    assert len(exercise.answers) >= 2
    assert len(exercise.mistakes) >= 5
    assert 2 <= len(cases) - len(hidden) <= 4
    assert 8 <= len(hidden) <= 16


@pytest.mark.parametrize("slug", SLUGS)
def test_starters_are_rejected(slug):
    exercise = exercise_for(slug)
    assert failures(exercise, exercise.starter, SEEDS[0])


@pytest.mark.parametrize(("slug", "name"), MISTAKES)
def test_each_mistake_is_rejected_and_named(slug, name):
    exercise = exercise_for(slug)
    source = next(mistake.source for mistake in exercise.mistakes if mistake.name == name)
    named = set()
    for case in exercise.cases:
        found = failed(exercise, case, SEEDS[0], source, name)
        if found:
            diagnosis = diagnose(exercise, case, SEEDS[0], found[0]._driver.calls, found[1])
            named |= {diagnosis.name} if diagnosis else set()
        if name in named:
            return
    pytest.fail(f"{name} was taken for {named or 'nothing'}")


def test_numbers_of_conv2d_single_filter():
    x, f = np.arange(16.0).reshape(4, 4, 1), np.array([[1.0, 0.0], [0.0, -1.0]]).reshape(2, 2, 1)
    assert (reference.conv2d_single(x, f) == np.full((3, 3), -5)).all()
    assert (reference.conv2d_single(x, f, stride=2) == np.full((2, 2), -5)).all()
    padded = reference.conv2d_single(x, f, padding=1, bias=10.0)
    assert padded.shape == (5, 5)
    assert padded[0].tolist() == [10, 9, 8, 7, 10]
    assert conv_output_size(7, 3, stride=2, padding=1) == 4
    assert int((1 - 3) / 5) + 1 == 1
    assert 32 * 32 * 27 == 27_648


def test_numbers_of_conv2d_batch():
    x, w = np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 3, 3))
    assert reference.conv2d(x, w)[0, 0].tolist() == [[45, 54], [81, 90]]
    strided = reference.conv2d(x, w, np.array([1.0]), stride=2, padding=1)
    assert strided[0, 0].tolist() == [[11, 25], [52, 91]]
    assert reference.conv2d(x, w[:, :, :2, :2], dilation=(3, 1)).shape == (1, 1, 1, 3)
    assert 8 * 128 * 64 * 64 == 4_194_304
    assert (128 * 64 * 9, 128 * 16 * 9) == (73_728, 18_432)
    assert conv_output_size(9, 3, dilation=2) == 5


def test_a_loop_over_output_values_has_the_number_of_steps_that_the_statement_says():
    exercise = catalogue.load("conv2d-batch")
    last = exercise.cases[-1]
    candidate = exercise.local(exercise.solutions[0].source)
    last.run(candidate, 1)
    call = candidate._driver.calls[-1]
    assert call.reply.value.size == 36_864
    assert call.request.args[1][0].size == 144


def test_numbers_of_max_pool2d():
    x = np.array([[1, 3, 2, 1], [4, 6, 6, 8], [3, 1, 1, 0], [1, 2, 2, 4]]).reshape(1, 1, 4, 4)
    pool = reference.max_pool2d
    assert pool(x, 2)[0, 0].tolist() == [[6, 8], [3, 4]]
    assert pool(x, 3, stride=1)[0, 0].tolist() == [[6, 8], [6, 8]]
    assert pool(x, 3, stride=2)[0, 0].tolist() == [[6]]
    assert pool(x, 3, stride=2, ceil_mode=True)[0, 0].tolist() == [[6, 8], [3, 4]]
    assert pool(-x, 2, padding=1)[0, 0, 0].tolist() == [-1, -2, -1]
    assert pool_output_size(5, 2, 2, 1) == pool_output_size(5, 2, 2, 1, ceil_mode=True) == 3
    assert pool_output_size(5, 2, 2) == 2
    assert pool_output_size(5, 2, 2, ceil_mode=True) == 3


def test_numbers_of_inverted_dropout():
    assert (1 / (1 - 0.5), 1 / (1 - 0.2)) == (2, 1.25)
    assert round(np.sqrt(100_000 * 0.3 * 0.7)) == 145
    assert round(1 / 0.9, 2) == 1.11


def test_numbers_of_output_shape():
    assert conv_output_size(56, 3, 2, 1) == 28
    assert conv_output_size(10, 3, 2) == 4
    assert conv_output_size(32, 3, 2) == 15
    assert transposed_output_size(28, 3, 2, 1) == 55
    assert transposed_output_size(28, 3, 2, 1, output_padding=1) == 56
    conv = {"type": "conv", "out_channels": 1, "kernel": 3}
    pool = {"type": "max_pool", "kernel": 2}
    up = {"type": "conv_transpose", "out_channels": 1, "kernel": 2, "stride": 2}
    net = [conv, conv, pool] * 4 + [conv, conv] + [up, conv, conv] * 4
    sides = [shape[1] for shape in reference.output_shape((1, 572, 572), net)]
    down, bottom, rise = sides[:12], sides[12:14], sides[14:]
    assert [side for i, side in enumerate(down) if i % 3] == [568, 284, 280, 140, 136, 68, 64, 32]
    assert bottom[-1] == 28
    assert [side for i, side in enumerate(rise) if i % 3 != 1] == [56, 52, 104, 100, 200, 196, 392, 388]


def test_the_example_of_output_shape():
    layers = [
        {"type": "conv", "out_channels": 16, "kernel": 3, "padding": 1},
        {"type": "max_pool", "kernel": 2},
        {"type": "conv", "out_channels": 32, "kernel": 3, "stride": 2},
        {"type": "flatten"},
        {"type": "dense", "in_features": 1568, "out_features": 10},
    ]
    shapes = [(16, 32, 32), (16, 16, 16), (32, 7, 7), (1568,), (10,)]
    assert reference.output_shape((3, 32, 32), layers) == shapes


def test_numbers_of_receptive_field():
    conv, pool = (3, 1, 1, 1), (2, 2, 0, 1)
    trace = reference.receptive_field
    assert trace([conv, pool, conv]) == [(3, 1, 0.0), (4, 2, 0.5), (8, 2, 0.5)]
    assert trace([(3, 1, 0, 1)] * 5)[-1][0] == 11
    assert trace([(3, 1, 0, d) for d in (1, 2, 4, 8)])[-1][0] == 31
    assert trace([(3, 1, 0, 2)] * 4)[-1][0] == 17
    vgg = trace([layer for convs in (2, 2, 3, 3, 3) for layer in [conv] * convs + [pool]])
    assert vgg[-2] == (196, 16, 7.5)
    assert vgg[-1][:2] == (212, 32)
    assert trace([conv] * 13 + [pool] * 4)[-1][0] == 42
    assert trace([pool, conv])[-1][0] == 6


def test_numbers_of_batchnorm_forward():
    x, layer = np.array([1.0, 2.0, 3.0, 6.0]).reshape(1, 1, 2, 2), reference.BatchNorm2d(1)
    assert np.allclose(layer.forward(x, True).ravel(), [-1.069, -0.5345, 0, 1.6036], atol=5e-5)
    assert np.allclose([layer.running_mean[0], layer.running_var[0]], [0.3, 1.36666667])
    assert np.allclose(layer.forward(x, False).ravel(), [0.5988, 1.4542, 2.3096, 4.8757], atol=5e-5)
    assert round(10 * (1 - 0.9**10), 2) == 6.51
    assert 32 * 28 * 28 == 25_088
    far = np.random.default_rng(0).standard_normal((20, 100)) + 1e6
    errors = np.abs((far**2).mean(axis=1) - far.mean(axis=1) ** 2 - far.var(axis=1))
    assert 1e-5 < errors.max() < 1e-2


def test_numbers_of_bn_eval_mode_bug():
    exercise = exercise_for("bn-eval-mode-bug")
    import torch

    checks, given = {}, {"__name__": "given"}
    exec((exercise.folder / "checks.py").read_text(), checks)
    exec(exercise.given, given)
    state = {name: torch.tensor(value) for name, value in checks["stored"]()["state"].items()}
    labels = np.arange(10).repeat(40)
    x = checks["digits"](np.random.default_rng(1), labels)

    def accuracy(size, order):
        server, guesses = given["Server"](state), np.empty(400, dtype=int)
        server.model.dropout = torch.nn.Identity()
        for part in np.split(order, 400 // size):
            guesses[part] = server.predict(torch.tensor(x[part])).argmax(dim=1).numpy()
        return (guesses == labels).mean()

    assert (checks["in_evaluation"](x).argmax(axis=1) == labels).mean() == pytest.approx(0.95, abs=0.01)
    shuffled = np.random.default_rng(0).permutation(400)
    assert accuracy(40, shuffled) == pytest.approx(0.94, abs=0.015)
    assert accuracy(8, np.arange(400)) == pytest.approx(0.75, abs=0.02)
    assert 0.9**7 < 0.5 < 0.9**6


def test_the_serving_code_in_the_statement_is_the_one_that_is_given():
    exercise = catalogue.load("bn-eval-mode-bug")
    assert f"```python\n{exercise.given}```" in exercise.statement


@pytest.mark.parametrize("slug", SLUGS)
def test_limits_in_the_statement_are_those_that_are_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words
