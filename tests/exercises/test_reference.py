"""The NumPy operations against their PyTorch twins, over random configurations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import reference

torch = pytest.importorskip("torch")
from exercises.reference import twins  # noqa: E402

pytestmark = pytest.mark.torch
PAIR = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))
PADDING = st.one_of(st.integers(0, 2), st.tuples(st.integers(0, 2), st.integers(0, 2)))


def twin(function, *args, **kwargs):
    """What the PyTorch twin gives for NumPy arguments, as an array; None where it refuses."""
    given_tensors = [torch.from_numpy(a) if isinstance(a, np.ndarray) else a for a in args]
    try:
        return function(*given_tensors, **kwargs).numpy()
    except ValueError:
        return None


def ours(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except ValueError:
        return None


def same(one, other, **tolerance):
    if one is None or other is None:
        assert one is other
    else:
        assert one.shape == other.shape
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, **(tolerance or {"rtol": 1e-11, "atol": 1e-12}))


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 3), PAIR, PAIR, PADDING, PAIR, st.booleans(),
    st.sampled_from([np.float32, np.float64]),
)  # fmt: skip
def test_conv2d(seed, groups, depth, kernel, stride, padding, dilation, bias, dtype):
    rng = np.random.default_rng(seed)
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    x = rng.standard_normal((2, groups * depth, *rng.integers(1, 9, size=2))).astype(dtype)
    w = rng.standard_normal((groups * 2, depth, kh, kw)).astype(dtype)
    b = rng.standard_normal(groups * 2).astype(dtype) if bias else None
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    tolerance = {"rtol": 1e-4, "atol": 1e-5} if dtype is np.float32 else {"rtol": 1e-10, "atol": 1e-12}
    same(ours(reference.conv2d, x, w, b, **settings), twin(twins.conv2d, x, w, b, **settings), **tolerance)


def test_conv2d_takes_arrays_that_are_not_contiguous():
    rng = np.random.default_rng(0)
    x, w = (
        rng.standard_normal((8, 7, 4, 2)).transpose(3, 2, 1, 0),
        rng.standard_normal((3, 4, 3, 3))[:, :, ::-1],
    )
    same(reference.conv2d(x, w), twin(twins.conv2d, x.copy(), w.copy()))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(0, 2))
def test_conv2d_single(seed, stride, padding):
    rng = np.random.default_rng(seed)
    x, f = rng.standard_normal((6, 7, 3)), rng.standard_normal((3, 2, 3))
    args = (x, f, 0.5, stride, padding)
    same(reference.conv2d_single(*args), twin(twins.conv2d_single, *args))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), PAIR, st.one_of(st.none(), PAIR), PADDING, st.booleans())
def test_max_pool2d(seed, kernel, stride, padding, ceil_mode):
    rng = np.random.default_rng(seed)
    x = -1 - rng.random((2, 3, *rng.integers(3, 10, size=2)))
    args = (x, kernel, stride, padding, ceil_mode)
    same(ours(reference.max_pool2d, *args), twin(twins.max_pool2d, *args))


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float32])
def test_max_pool2d_keeps_the_dtype(dtype):
    x = np.arange(16).reshape(1, 1, 4, 4).astype(dtype)
    pooled = reference.max_pool2d(x, 3, 2, 1)
    assert pooled.dtype == dtype
    assert pooled.tolist() == [[[[5, 7], [13, 15]]]]


def test_dropout_drops_scales_and_is_off_in_evaluation():
    x = np.ones((100, 100))
    y, mask = reference.dropout(x, 0.25, True, np.random.default_rng(1))
    np.testing.assert_array_equal(y, mask / 0.75)
    assert 0.2 < 1 - mask.mean() < 0.3
    for p, training, value in ((0.25, False, 1.0), (0.0, True, 1.0), (1.0, True, 0.0)):
        y, mask = reference.dropout(x, p, training, np.random.default_rng(1))
        assert (y == value).all()
        assert (mask == bool(value)).all()
    with pytest.raises(ValueError, match="p must be"):
        reference.dropout(x, 1.1, True, np.random.default_rng(1))


def test_the_twin_of_dropout_does_the_same():
    x = torch.ones(100, 100, dtype=torch.float64)
    y, mask = twins.dropout(x, 0.25, True, torch.Generator().manual_seed(1))
    np.testing.assert_array_equal(y.numpy(), mask.numpy() / 0.75)
    assert 0.2 < 1 - mask.double().mean() < 0.3


def test_batch_norm_follows_torch_over_ten_batches():
    rng = np.random.default_rng(2)
    layer, twin_layer = reference.BatchNorm2d(3), torch.nn.BatchNorm2d(3, dtype=torch.float64)
    layer.gamma, layer.beta = rng.random(3), rng.random(3)
    with torch.no_grad():
        twin_layer.weight.copy_(torch.from_numpy(layer.gamma))
        twin_layer.bias.copy_(torch.from_numpy(layer.beta))
    for step in range(12):
        twin_layer.train(step < 10)
        x = rng.standard_normal((4, 3, 5, 2)) * 3 + 1
        with torch.no_grad():
            same(layer.forward(x, step < 10), twin_layer(torch.from_numpy(x)).numpy())
    same(layer.running_mean, twin_layer.running_mean.numpy())
    same(layer.running_var, twin_layer.running_var.numpy())


def test_the_functional_twin_of_batch_norm_agrees():
    rng = np.random.default_rng(3)
    x, state = rng.standard_normal((2, 3, 4, 4)), [rng.random(3) for _ in range(4)]
    for training in (True, False):
        found = twins.batch_norm(*map(torch.from_numpy, (x, *state)), training)
        for one, other in zip(reference.batch_norm(x, *state, training), found, strict=True):
            same(one, other.numpy())


def test_batch_norm_refuses_one_value_a_channel_and_wrong_shapes():
    layer = reference.BatchNorm2d(3)
    with pytest.raises(ValueError, match="more than one value"):
        layer.forward(np.ones((1, 3, 1, 1)), True)
    with pytest.raises(ValueError, match="gamma must have shape"):
        layer.forward(np.ones((2, 4, 2, 2)), False)


def random_net(rng):
    """Layers for output_shape and the same as a torch module."""
    layers, modules, channels = [], [], 3
    for _ in range(int(rng.integers(1, 5))):
        kind = rng.choice(["conv", "max_pool", "conv_transpose"])
        k, s, p = int(rng.integers(1, 5)), int(rng.integers(1, 4)), int(rng.integers(0, 2))
        p = min(p, k // 2)
        layer = {"type": str(kind), "kernel": k, "stride": s, "padding": p}
        if kind == "max_pool":
            layer["ceil_mode"] = bool(rng.integers(2))
            modules.append(torch.nn.MaxPool2d(k, s, p, ceil_mode=layer["ceil_mode"]))
        else:
            made = torch.nn.Conv2d if kind == "conv" else torch.nn.ConvTranspose2d
            out = int(rng.integers(1, 5))
            layer["out_channels"] = out
            modules.append(made(channels, out, k, s, p))
            channels = out
        layers.append(layer)
    return layers, modules


def test_output_shape_matches_torch_on_random_nets():
    rng, compared = np.random.default_rng(4), 0
    for _ in range(60):
        layers, modules = random_net(rng)
        x, expected = torch.zeros(1, 3, 17, 12), []
        shapes = ours(reference.output_shape, (3, 17, 12), layers)
        if shapes is None:
            continue
        for module in modules:
            x = module(x)
            expected.append(tuple(x.shape[1:]))
        assert shapes == expected
        compared += 1
    assert compared > 30


def test_output_shape_names_the_layer_that_does_not_fit():
    layers = [{"type": "conv", "out_channels": 2, "kernel": 3}, {"type": "max_pool", "kernel": 9}]
    with pytest.raises(ValueError, match="layer 1: a kernel of extent 9"):
        reference.output_shape((3, 6, 6), layers)
    flat = [{"type": "flatten"}, {"type": "dense", "in_features": 5, "out_features": 2}]
    with pytest.raises(ValueError, match="layer 1: dense expects 5 features, the input has 12"):
        reference.output_shape((3, 2, 2), flat)


def test_receptive_field_traces_field_jump_and_start():
    trace = reference.receptive_field([(3, 2, 1, 1), (3, 1, 0, 2), (2, 2, 0, 1)])
    assert trace == [(3, 2, 0.0), (11, 2, 4.0), (13, 4, 5.0)]


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: reference.conv2d(np.ones((3, 4, 4)), np.ones((1, 3, 3, 3))), "x must have shape"),
        (lambda: reference.conv2d(np.ones((1, 3, 4, 4)), np.ones((1, 2, 3, 3))), "depth"),
        (lambda: reference.conv2d(np.ones((1, 3, 4, 4)), np.ones((2, 3, 3, 3)), groups=2), "groups"),
        (lambda: reference.conv2d(np.ones((1, 3, 4, 4)), np.ones((2, 3, 5, 3))), "does not fit"),
        (lambda: reference.conv2d(np.ones((1, 3, 4, 4)), np.ones((2, 3, 3, 3)), np.ones(3)), "b must"),
        (lambda: reference.conv2d(np.ones((1, 3, 4, 4)), np.ones((2, 3, 3, 3)), stride=0), "stride"),
        (lambda: reference.conv2d(np.ones((1, 3, 4, 4)), np.ones((2, 3, 3, 3)), padding=-1), "padding"),
        (lambda: reference.max_pool2d(np.ones((1, 3, 4, 4)), 5), "does not fit"),
        (lambda: reference.max_pool2d(np.ones((1, 3, 4, 4)), 2, padding=2), "half the kernel"),
        (lambda: reference.max_pool2d(np.ones((1, 3, 4, 4)), 2, stride=(1, 2, 3)), "stride"),
    ],
)
def test_nonsense_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()
