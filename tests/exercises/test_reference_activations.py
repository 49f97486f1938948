"""Activations, losses, class weights and text convolution against PyTorch, SciPy and scikit-learn."""

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import reference
from exercises.numeric import gradient
from exercises.reference.activations import KINDS

torch = pytest.importorskip("torch")
from exercises.reference import twins  # noqa: E402

pytestmark = pytest.mark.torch
SEEDS = st.integers(0, 2**32)
DTYPES = st.sampled_from([np.float32, np.float64])
TOLERANCE = {np.float32: {"rtol": 1e-4, "atol": 1e-5}, np.float64: {"rtol": 1e-10, "atol": 1e-12}}


def tensors(*values):
    return [torch.from_numpy(value.copy()) if isinstance(value, np.ndarray) else value for value in values]


def outcome(function, *args):
    """What comes back, as arrays; None where the arguments are refused."""
    try:
        value = function(*args)
    except ValueError:
        return None
    values = value if isinstance(value, tuple) else (value,)
    return [np.asarray(one) for one in values]


def agree(name, *args, dtype=np.float64):
    """The reference and its twin refuse the same arguments, and give the same for all others."""
    ours, theirs = (
        outcome(getattr(reference, name), *args),
        outcome(getattr(twins, name), *tensors(*args)),
    )
    if ours is None or theirs is None:
        assert ours is theirs is None
        return None
    for one, other in zip(ours, theirs, strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, strict=True, **TOLERANCE[dtype])
    return ours


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.sampled_from([*KINDS, "tanh"]), st.sampled_from([-0.1, 0.0, 0.2, 1.0, 1.7]), DTYPES)
def test_activations(seed, kind, a, dtype):
    rng = np.random.default_rng(seed)
    x = (rng.standard_normal((3, 4, 5)) * rng.choice([0.1, 3.0, 300.0])).astype(dtype)
    x[0, 0, :3] = 0.0, 1000.0, -1000.0
    agree("activation", x, kind, a, dtype=dtype)


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_are_those_of_central_differences(kind):
    x = np.array([-3.0, -0.7, -0.01, 0.02, 0.6, 4.0])
    found = gradient(lambda point: reference.activation(point, kind, 0.3)[0].sum(), x)
    np.testing.assert_allclose(reference.activation(x, kind, 0.3)[1], found, atol=1e-8)


def test_no_activation_warns_of_an_overflow():
    x = np.array([-1000.0, 1000.0])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for kind in KINDS:
            assert np.isfinite(reference.activation(x, kind, 0.5)).all()
        reference.sigmoid(x)
        reference.softmax(x, 0)
        reference.log_softmax(x, 0)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(-4, 3), st.sampled_from([-1.0, 0.0, 0.3, 1.0, 4.0]), DTYPES)
def test_softmax_and_log_softmax(seed, axis, temperature, dtype):
    rng = np.random.default_rng(seed)
    z = (rng.standard_normal((3, 2, 4)) * rng.choice([1.0, 30.0])).astype(dtype)
    try:
        z.sum(axis=axis)
    except np.exceptions.AxisError:
        for function in (reference.softmax, reference.log_softmax):
            with pytest.raises(ValueError, match=r"axis|temperature"):
                function(z, axis, temperature)
        return
    p = agree("softmax", z, axis, temperature, dtype=dtype)
    log_p = agree("log_softmax", z, axis, temperature, dtype=dtype)
    if p is not None and dtype is np.float64:
        np.testing.assert_allclose(p[0].sum(axis=axis), 1, atol=1e-14)
        np.testing.assert_allclose(p[0], np.exp(log_p[0]), rtol=1e-11)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from([1.0, 100.0, 1e4]))
def test_sigmoid_softmax_and_log_softmax_agree_with_scipy(seed, scale):
    z = np.random.default_rng(seed).uniform(-scale, scale, size=(4, 6))
    relative = {"rtol": 1e-12, "atol": 1e-300}
    np.testing.assert_allclose(reference.sigmoid(z), scipy.special.expit(z), **relative)
    np.testing.assert_allclose(reference.softmax(z, 1), scipy.special.softmax(z, axis=1), **relative)
    np.testing.assert_allclose(reference.log_softmax(z, 0), scipy.special.log_softmax(z, axis=0), rtol=1e-12)
    agree("sigmoid", z)


def test_sigmoid_keeps_what_float64_can_just_hold():
    z = np.array([-40.0, -709.0, -712.0])
    np.testing.assert_allclose(reference.sigmoid(z), np.exp(z), rtol=1e-9, atol=0)


def test_masked_classes_have_no_probability():
    z = np.array([[1.0, -np.inf, 1.0], [-np.inf, 7.0, -np.inf]])
    assert reference.softmax(z, 1).tolist() == [[0.5, 0, 0.5], [0, 1, 0]]
    np.testing.assert_array_equal(reference.log_softmax(z, 1)[1], [-np.inf, 0, -np.inf])


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.sampled_from(["avg", "max", "concat", "sum"]), st.integers(0, 4), st.integers(1, 5), DTYPES)
def test_global_pooling(seed, mode, height, width, dtype):
    x = np.random.default_rng(seed).standard_normal((2, 3, height, width)).astype(dtype)
    agree("global_pool", x, mode, dtype=dtype)


def test_global_pooling_wants_four_axes():
    with pytest.raises(ValueError, match="N, C, H, W"):
        reference.global_pool(np.ones((3, 4, 4)), "avg")


@settings(max_examples=60, deadline=None)
@given(
    SEEDS, st.integers(1, 5), st.sampled_from(["balanced", "effective"]), st.sampled_from([0.0, 0.9, 0.9999])
)
def test_class_weights(seed, n_classes, scheme, beta):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, n_classes, size=int(rng.integers(1, 40)))
    for allow_absent in (True, False):
        found = agree("class_weights", labels, n_classes, scheme, beta, allow_absent)
    found = agree("class_weights", labels, n_classes, scheme, beta, True)
    assert found is not None
    assert found[0][labels].mean() == pytest.approx(1)
    agree("sample_weights", labels)


def test_balanced_weights_are_those_of_scikit_learn():
    utils = pytest.importorskip("sklearn.utils.class_weight")
    labels = np.random.default_rng(0).choice(4, size=200, p=[0.7, 0.2, 0.06, 0.04])
    theirs = utils.compute_class_weight("balanced", classes=np.arange(4), y=labels)
    np.testing.assert_allclose(reference.class_weights(labels, 4), theirs)
    theirs = utils.compute_sample_weight("balanced", labels)
    np.testing.assert_allclose(reference.sample_weights(labels), theirs / theirs.sum())


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: reference.class_weights(np.array([[0]]), 1), "must have shape"),
        (lambda: reference.class_weights(np.array([], dtype=int), 1), "must not be empty"),
        (lambda: reference.class_weights(np.array([0, -1]), 2), "negative"),
        (lambda: reference.class_weights(np.array([0, 2]), 2), "below 2"),
        (lambda: reference.class_weights(np.array([0]), 0), "n_classes"),
        (lambda: reference.class_weights(np.array([0]), 1, "square root"), "scheme"),
        (lambda: reference.class_weights(np.array([0]), 1, "effective", 1.0), "beta"),
        (lambda: reference.class_weights(np.array([0, 2]), 3), "class 1 has no labels"),
        (lambda: reference.sample_weights(np.array([-1])), "negative"),
    ],
)
def test_class_weights_refuse_nonsense(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()


@settings(max_examples=80, deadline=None)
@given(
    SEEDS,
    st.booleans(),
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.5]),
    st.sampled_from(["none", "number", "array"]),
    st.sampled_from(["none", "mean", "sum"]),
    DTYPES,
)
def test_focal_loss(seed, binary, gamma, weighting, reduction, dtype):
    rng = np.random.default_rng(seed)
    classes = 2 if binary else int(rng.integers(2, 6))
    logits = rng.standard_normal((7,) if binary else (7, classes)).astype(dtype) * 3
    target = rng.integers(0, classes, size=7)
    alpha = {"none": None, "number": 0.25, "array": rng.uniform(0.1, 3, size=classes)}[weighting]
    agree("focal_loss", logits, target, gamma, alpha, reduction, dtype=dtype)


def test_focal_loss_is_right_for_extreme_logits():
    logits = np.array([[200.0, -200.0], [-200.0, 200.0]])
    losses = reference.focal_loss(logits, np.array([0, 0]), 2.0, None, "none")
    np.testing.assert_allclose(losses, [0, 400], atol=1e-12)
    binary = reference.focal_loss(np.array([200.0, 200.0]), np.array([1, 0]), 0.5, None, "none")
    np.testing.assert_allclose(binary, [0, 200], atol=1e-12)


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ((np.ones((2, 1)), np.array([0, 0])), "logits"),
        ((np.ones((2, 2, 2)), np.array([0, 0])), "logits"),
        ((np.ones((0, 3)), np.array([], dtype=int)), "logits"),
        ((np.ones((2, 3)), np.array([0])), "target must have shape"),
        ((np.ones((2, 3)), np.array([0, 3])), "targets must be"),
        ((np.ones(2), np.array([0, -1])), "targets must be"),
        ((np.ones(2), np.array([0, 1]), -0.1), "gamma"),
        ((np.ones(2), np.array([0, 1]), 2.0, 1.1), "alpha"),
        ((np.ones((2, 3)), np.array([0, 1]), 2.0, np.ones(2)), "alpha"),
        ((np.ones((2, 3)), np.array([0, 1]), 2.0, np.array([1.0, -1.0, 1.0])), "alpha"),
        ((np.ones(2), np.array([0, 1]), 2.0, None, "max"), "reduction"),
    ],
)
def test_focal_loss_refuses_nonsense(args, complaint):
    with pytest.raises(ValueError, match=complaint):
        reference.focal_loss(*args)


def map_decisions(y):
    """Which maps were kept; each is all zero or all the same."""
    maps = np.asarray(y).reshape(*y.shape[:2], -1)
    assert (maps == maps[..., :1]).all()
    return maps[..., 0] != 0


def test_spatial_dropout_drops_whole_maps():
    x = np.ones((60, 50, 3, 2), dtype=np.float32)
    y = reference.spatial_dropout(x, 0.2, True, np.random.default_rng(1))
    twin = twins.spatial_dropout(torch.from_numpy(x), 0.2, True, torch.Generator().manual_seed(1)).numpy()
    theirs = torch.nn.functional.dropout2d(torch.from_numpy(x), 0.2).numpy()
    for found in (y, twin, theirs):
        assert found.dtype == np.float32
        assert found.max() == pytest.approx(1.25)
        assert 0.76 < map_decisions(found).mean() < 0.84
    np.testing.assert_array_equal(reference.spatial_dropout(x, 0.2, False, np.random.default_rng(1)), x)
    assert not reference.spatial_dropout(x, 1.0, True, np.random.default_rng(1)).any()
    for wrong in ((x[0], 0.5), (x, 1.1)):
        with pytest.raises(ValueError, match=r"must have shape|p must be"):
            reference.spatial_dropout(*wrong, True, np.random.default_rng(1))


@settings(max_examples=80, deadline=None)
@given(SEEDS, st.integers(1, 8), st.integers(1, 4), st.integers(1, 3), st.booleans(), DTYPES)
def test_conv1d_text(seed, length, k, filters, masked, dtype):
    rng = np.random.default_rng(seed)
    emb, w = (
        rng.standard_normal((3, length, 4)).astype(dtype),
        rng.standard_normal((filters, 4, k)).astype(dtype),
    )
    mask = rng.random((3, length)) < 0.8 if masked else None
    agree("conv1d_text", emb, w, rng.standard_normal(filters).astype(dtype), mask, dtype=dtype)


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        ((np.ones((3, 4)), np.ones((1, 4, 2)), np.ones(1)), "emb must have shape"),
        ((np.ones((2, 3, 4)), np.ones((1, 3, 2)), np.ones(1)), "w must have depth"),
        ((np.ones((2, 3, 4)), np.ones((1, 4, 2)), np.ones(2)), "b must have shape"),
        ((np.ones((2, 3, 4)), np.ones((1, 4, 4)), np.ones(1)), "does not fit"),
        ((np.ones((2, 3, 4)), np.ones((1, 4, 2)), np.ones(1), np.ones((3, 2), bool)), "mask must have shape"),
        (
            (np.ones((2, 3, 4)), np.ones((1, 4, 2)), np.ones(1), np.eye(2, 3, dtype=bool)),
            "row 0 has no window",
        ),
    ],
)
def test_conv1d_text_refuses_nonsense(args, complaint):
    with pytest.raises(ValueError, match=complaint):
        reference.conv1d_text(*args)
