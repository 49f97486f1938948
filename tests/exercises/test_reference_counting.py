"""Counts, initial weights, LRN, quantisation and folding in NumPy against PyTorch's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import reference
from exercises.reference.initialisation import fans, init_variance

torch = pytest.importorskip("torch")
from exercises.reference import twins  # noqa: E402

pytestmark = pytest.mark.torch
SEEDS = st.integers(0, 2**32)
KINDS = ("conv", "batch_norm", "relu", "max_pool", "avg_pool", "dropout")
COSTED = (*KINDS[:-1], "conv_transpose", "residual")


def whole(rng, low, high):
    return int(rng.integers(low, high))


def setting(rng, low, high):
    """An int, or a pair for height and width."""
    if rng.random() < 0.5:
        return whole(rng, low, high)
    return whole(rng, low, high), whole(rng, low, high)


def random_layer(rng, kind, channels):
    if kind == "residual":
        body = [random_layer(rng, "conv", channels) | {"out_channels": 2, "groups": 1}, {"type": "relu"}]
        return {"type": kind, "body": body, "shortcut": [body[0] | {"bias": False}]}
    layer = {"type": kind}
    if kind.startswith("conv"):
        groups = whole(rng, 1, 3)
        layer |= {"out_channels": groups * whole(rng, 1, 4), "kernel": setting(rng, 1, 4), "groups": groups}
        layer |= {"stride": setting(rng, 1, 3), "padding": setting(rng, 0, 2), "bias": bool(rng.integers(2))}
        layer |= {"dilation": setting(rng, 1, 3)}
        layer |= {"output_padding": setting(rng, 0, 2)} if kind == "conv_transpose" else {}
    if kind.endswith("pool"):
        layer |= {"kernel": setting(rng, 2, 4), "padding": whole(rng, 0, 2)}
    if kind == "batch_norm":
        layer |= {"affine": bool(rng.integers(2))}
    return layer


def random_net(rng, kinds, count):
    """An input shape and layers that the reference takes."""
    shape = (whole(rng, 1, 3) * 2, whole(rng, 12, 20), whole(rng, 12, 20))
    layers, channels = [], shape[0]
    while len(layers) < whole(rng, 2, 7):
        layer = random_layer(rng, str(rng.choice(kinds)), channels)
        try:
            count(shape, [*layers, layer])
        except ValueError:
            continue
        layers.append(layer)
    return shape, [*layers, {"type": "flatten"}, {"type": "dense", "out_features": whole(rng, 1, 9)}]


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_parameters_and_buffers_are_those_of_the_modules(seed):
    shape, layers = random_net(np.random.default_rng(seed), KINDS, reference.count_params)
    assert reference.count_params(shape, layers) == twins.count_params(shape, layers)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_macs_and_activations_are_what_the_flop_counter_and_the_outputs_say(seed):
    shape, layers = random_net(np.random.default_rng(seed), COSTED, reference.count_macs)
    found, theirs = reference.count_macs(shape, layers), twins.count_macs(shape, layers)
    for row, other in zip(
        [*found["layers"], found["total"]], [*theirs["layers"], theirs["total"]], strict=True
    ):
        assert {name: row[name] for name in other} == other


def test_comparisons_of_max_pooling_and_relu():
    layers = [{"type": "relu"}, {"type": "max_pool", "kernel": (2, 3)}, {"type": "global_pool"}]
    rows = reference.count_macs((2, 4, 6), layers)["layers"]
    assert [row["comparisons"] for row in rows] == [48, 2 * 2 * 2 * 5, 0]
    assert all(row["macs"] == 0 for row in rows)


@pytest.mark.parametrize(
    ("layer", "complaint"),
    [
        ({"type": "conv", "out_channels": 4, "kernel": 3, "groups": 2}, "divisible by groups"),
        ({"type": "conv", "out_channels": 4, "kernel": 9}, "does not fit"),
        ({"type": "softmax"}, "unknown type"),
        ({"type": "dense", "out_features": 3}, "dense needs a flat input"),
        ({"type": "residual", "body": [{"type": "conv", "out_channels": 4, "kernel": 1}]}, "body ends"),
    ],
)
def test_the_layer_that_does_not_fit_is_named_once(layer, complaint):
    with pytest.raises(ValueError, match=rf"^layer 1: (?!layer 0).*{complaint}"):
        reference.count_macs((3, 8, 8), [{"type": "relu"}, layer])
    if layer["type"] != "residual":
        with pytest.raises(ValueError, match=rf"^layer 1: (?!layer).*{complaint}"):
            reference.count_params((3, 8, 8), [{"type": "relu"}, layer])


def test_parameters_of_a_residual_layer_are_not_counted():
    with pytest.raises(ValueError, match="layer 0: residual layers have no place"):
        reference.count_params((3, 8, 8), [{"type": "residual", "body": []}])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=5))
def test_fans_are_pytorchs(shape):
    theirs = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
    assert fans(tuple(shape)) == theirs


@pytest.mark.parametrize("scheme", ["he", "xavier"])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("a", [0.0, 0.5])
def test_weights_are_spread_as_pytorchs(scheme, distribution, a):
    shape = (60, 20, 5, 5)
    found = reference.init_weights(shape, scheme, distribution, a, np.random.default_rng(1))
    theirs = twins.init_weights(shape, scheme, distribution, a, torch.Generator().manual_seed(1)).numpy()
    assert found.shape == theirs.shape
    assert found.dtype == theirs.dtype
    variance = init_variance(shape, scheme, a)
    for weights in (found, theirs):  # 30,000 draws: the standard error is below 0.9 %
        assert weights.var() == pytest.approx(variance, rel=0.04)
        assert abs(weights.mean()) < 5 * np.sqrt(variance / weights.size)
    if distribution == "uniform":
        assert np.abs(found).max() == pytest.approx(np.abs(theirs).max(), rel=1e-3)
        assert np.abs(found).max() <= np.sqrt(3 * variance)


@settings(max_examples=60, deadline=None)
@given(
    SEEDS, st.integers(0, 4), st.integers(1, 9), st.floats(0.5, 3), st.floats(0, 2), st.floats(0, 2),
    st.booleans(), st.sampled_from([np.float32, np.float64]),
)  # fmt: skip
def test_lrn(seed, reach, channels, k, alpha, beta, divide, dtype):
    x = np.random.default_rng(seed).standard_normal((2, channels, 3, 4)).astype(dtype)
    args = (2 * reach + 1, k, alpha, beta, divide)
    found, theirs = reference.lrn(x, *args), twins.lrn(torch.from_numpy(x), *args).numpy()
    assert found.dtype == theirs.dtype == dtype
    np.testing.assert_allclose(found, theirs, rtol=1e-5 if dtype is np.float32 else 1e-12, atol=1e-12)


@settings(max_examples=80, deadline=None)
@given(
    SEEDS, st.sampled_from(["affine", "symmetric"]), st.sampled_from([None, 0, 1, -1, -3]),
    st.integers(2, 16), st.floats(-2, 2),
)  # fmt: skip
def test_quantize(seed, mode, axis, bits, shift):
    x = (np.random.default_rng(seed).standard_normal((3, 4, 5)) + shift).astype(np.float32)
    found = reference.quantize(x, mode, axis, bits)
    theirs = [value.numpy() for value in twins.quantize(torch.from_numpy(x), mode, axis, bits)]
    np.testing.assert_allclose(found[1], theirs[1], rtol=1e-5)
    assert found[0].dtype == theirs[0].dtype
    for one, other in ((found[0], theirs[0]), (found[2], theirs[2])):  # ties differ in float32
        assert np.abs(np.asarray(one, dtype=int) - other).max() <= 1
    restored = reference.dequantize(*found, axis)
    tensors = [torch.from_numpy(np.asarray(value)) for value in found]
    np.testing.assert_allclose(restored, twins.dequantize(*tensors, axis).numpy(), rtol=1e-12)
    assert np.abs(restored - x).max() <= np.max(found[1]) / 2 + 1e-6


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(1, 3), st.booleans(), st.booleans(), st.floats(1e-6, 1))
def test_fold_bn(seed, groups, bias, affine, eps):
    rng = np.random.default_rng(seed)
    weight = rng.standard_normal((2 * groups, 2, 3, 2))
    channels = len(weight)
    b = rng.standard_normal(channels) if bias else None
    mean, var = rng.standard_normal(channels), rng.uniform(0.1, 3, channels)
    gamma, beta = rng.standard_normal((2, channels)) if affine else (None, None)
    args = (weight, b, mean, var, gamma, beta, eps)
    folded = reference.fold_bn(*args)
    tensors = [torch.from_numpy(value) if isinstance(value, np.ndarray) else value for value in args]
    for one, other in zip(folded, twins.fold_bn(*tensors), strict=True):
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-12, atol=1e-12)
    x = rng.standard_normal((2, 2 * groups, 6, 5))
    gamma, beta = (np.ones(channels), np.zeros(channels)) if gamma is None else (gamma, beta)
    y = reference.conv2d(x, weight, b, groups=groups)
    y, _, _ = reference.batch_norm(y, gamma, beta, mean, var, training=False, eps=eps)
    np.testing.assert_allclose(reference.conv2d(x, *folded, groups=groups), y, rtol=1e-10, atol=1e-10)


X = np.ones((2, 3, 4, 4))


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: reference.init_weights((3,), "he", "normal", 0, np.random.default_rng()), "two entries"),
        (lambda: reference.init_weights((3, 0), "he", "normal", 0, np.random.default_rng()), "at least 1"),
        (lambda: reference.init_weights((3, 4), "lecun", "normal", 0, np.random.default_rng()), "scheme"),
        (lambda: reference.init_weights((3, 4), "he", "laplace", 0, np.random.default_rng()), "distribution"),
        (lambda: reference.lrn(X[0], 3, 1, 1, 1, False), "x must have shape"),
        (lambda: reference.lrn(X, 4, 1, 1, 1, False), "n must be an odd"),
        (lambda: reference.lrn(X, -1, 1, 1, 1, False), "n must be an odd"),
        (lambda: reference.quantize(X, "linear", None), "mode must be"),
        (lambda: reference.quantize(X, "affine", None, 1), "bits must be"),
        (lambda: reference.quantize(X, "affine", None, 17), "bits must be"),
        (lambda: reference.quantize(X, "affine", 4), "axis 4"),
        (lambda: reference.quantize(X, "affine", -5), "axis -5"),
        (lambda: reference.quantize(X * np.nan, "affine", None), "finite"),
        (lambda: reference.quantize(X[:0], "affine", None), "at least one"),
        (lambda: reference.fold_bn(X, None, np.zeros(3), np.ones(2)), "mean must have shape"),
    ],
)
def test_nonsense_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()


def test_ranges_that_hold_only_zero_have_the_scale_one():
    q, scale, zero = reference.quantize(np.array([[0.0, 0.0], [1.0, -2.0]]), "affine", 0)
    assert (scale[0], zero[0], q[0].tolist()) == (1.0, -128, [-128, -128])
    assert reference.dequantize(q, scale, zero, 0)[0].tolist() == [0.0, 0.0]
    assert reference.quantize(np.zeros(3), "symmetric", None)[1:] == (1.0, 0)
