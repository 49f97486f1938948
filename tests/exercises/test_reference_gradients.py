"""Average pooling, the softmax loss and backward passes against PyTorch, SciPy and central differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import numeric, reference

torch = pytest.importorskip("torch")
from exercises.reference import twins  # noqa: E402

pytestmark = pytest.mark.torch
SEED = st.integers(0, 2**32)
PAIR = st.one_of(st.integers(1, 3), st.tuples(st.integers(1, 3), st.integers(1, 3)))
PADDING = st.one_of(st.integers(0, 2), st.tuples(st.integers(0, 2), st.integers(0, 2)))
DTYPE = st.sampled_from([np.float32, np.float64])


def as_tensor(value):
    return torch.from_numpy(value) if isinstance(value, np.ndarray) else value


def both(name, *args, **kwargs):
    """What the operation and its twin give for NumPy arguments; None where they refuse."""
    found = []
    for library, given_args in ((reference, args), (twins, [as_tensor(one) for one in args])):
        try:
            found.append(getattr(library, name)(*given_args, **kwargs))
        except ValueError:
            found.append(None)
    return found


def same(one, other, tolerance=1e-11):
    if one is None or other is None:
        assert one is other
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            same(a, b, tolerance)
    else:
        np.testing.assert_allclose(one, other.numpy(), rtol=tolerance, atol=tolerance)
        if isinstance(one, np.ndarray):
            assert one.dtype == other.numpy().dtype
            assert one.shape == tuple(other.shape)


def agree(name, *args, **kwargs):
    single = any(isinstance(one, np.ndarray) and one.dtype == np.float32 for one in args)
    one, other = both(name, *args, **kwargs)
    same(one, other, 2e-4 if single else 1e-10)
    return one


def image(rng, channels=2, least=1):
    return rng.standard_normal((2, channels, *rng.integers(least, 9, size=2)))


@settings(max_examples=80, deadline=None)
@given(SEED, PAIR, st.one_of(st.none(), PAIR), PADDING, st.booleans(), st.booleans(), DTYPE)
def test_avg_pool2d(seed, kernel, stride, padding, ceil_mode, count_include_pad, dtype):
    x = image(np.random.default_rng(seed), least=3).astype(
        dtype
    )  # torch lets larger windows pass in ceil mode
    agree("avg_pool2d", x, kernel, stride, padding, ceil_mode, count_include_pad)


@settings(max_examples=60, deadline=None)
@given(SEED, st.integers(1, 6), st.integers(1, 7), st.sampled_from([1.0, 100.0, 1e4]), DTYPE)
def test_softmax_cross_entropy(seed, samples, classes, scale, dtype):
    rng = np.random.default_rng(seed)
    logits = (scale * rng.standard_normal((samples, classes))).astype(dtype)
    agree("softmax_cross_entropy", logits, rng.integers(0, classes, size=samples))


def test_softmax_cross_entropy_agrees_with_scipy():
    special = pytest.importorskip("scipy.special")
    rng = np.random.default_rng(1)
    logits, labels = 30 * rng.standard_normal((8, 5)), rng.integers(0, 5, size=8)
    loss, gradient = reference.softmax_cross_entropy(logits, labels)
    assert loss == pytest.approx(-special.log_softmax(logits, axis=1)[np.arange(8), labels].mean(), rel=1e-12)
    np.testing.assert_allclose(
        gradient, (special.softmax(logits, axis=1) - np.eye(5)[labels]) / 8, atol=1e-14
    )


@settings(max_examples=60, deadline=None)
@given(SEED, PAIR, PAIR, PADDING, PAIR, DTYPE)
def test_conv2d_backward(seed, kernel, stride, padding, dilation, dtype):
    rng = np.random.default_rng(seed)
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    x, w = image(rng, 3), rng.standard_normal((4, 3, kh, kw))
    try:
        y = reference.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    except ValueError:
        y = np.ones((2, 4, 1, 1))  # both must refuse
    args = (rng.standard_normal(y.shape), x, w)
    agree("conv2d_backward", *(a.astype(dtype) for a in args), stride, padding, dilation)


@settings(max_examples=60, deadline=None)
@given(SEED, PAIR, st.one_of(st.none(), PAIR), st.booleans(), DTYPE)
def test_max_pool2d_backward(seed, kernel, stride, ties, dtype):
    rng = np.random.default_rng(seed)
    x = image(rng)
    x = np.round(x) if ties else x
    try:
        shape = reference.max_pool2d(x, kernel, stride).shape
    except ValueError:
        shape = (2, 2, 1, 1)
    agree("max_pool2d_backward", rng.standard_normal(shape).astype(dtype), x.astype(dtype), kernel, stride)


@settings(max_examples=30, deadline=None)
@given(SEED, st.sampled_from([0.0, 0.3, 1.0]), st.booleans(), DTYPE)
def test_dropout_backward(seed, p, training, dtype):
    rng = np.random.default_rng(seed)
    dout = rng.standard_normal((3, 4, 2)).astype(dtype)
    agree("dropout_backward", dout, rng.random(dout.shape) >= p, p, training)


@settings(max_examples=60, deadline=None)
@given(SEED, st.booleans(), st.sampled_from([1e-8, 1e-5, 0.1]), DTYPE)
def test_batch_norm_backward(seed, training, eps, dtype):
    rng = np.random.default_rng(seed)
    x = image(rng, 3, least=4) + 1
    state = [rng.uniform(0.5, 2.0, size=3).astype(dtype) for _ in range(3)]
    dout = rng.standard_normal(x.shape).astype(dtype)
    agree("batch_norm_backward", dout, x.astype(dtype), *state, training, eps=eps)


@settings(max_examples=30, deadline=None)
@given(SEED)
def test_gradient_errors_against_the_gradient_of_torch(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 1.5, size=(3, 4))
    grad = 3 * x**2 * rng.choice([1.0, 1.1], size=x.shape)
    found = reference.gradient_errors(lambda at: (at**3).sum(), x, grad, list(np.ndindex(3, 4)))
    exact = twins.gradient_errors(
        lambda at: (at**3).sum(), *map(torch.from_numpy, (x, grad)), [(0, 0), (2, 3)]
    )
    np.testing.assert_allclose(found[[0, -1]], exact.numpy(), rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(found[(grad > 3.1 * x**2).ravel()], 1 / 11, rtol=1e-6)


def test_gradient_errors_of_what_is_not_finite():
    grad, entries = np.array([np.nan, 2.0, np.inf]), [(0,), (1,), (2,)]
    found = reference.gradient_errors(lambda at: (at**2).sum(), np.ones(3), grad, entries)
    assert np.isinf(found).tolist() == [True, False, True]
    assert np.isinf(reference.gradient_errors(lambda at: np.nan, np.ones(3), np.ones(3), entries)).all()
    assert (reference.gradient_errors(lambda at: 1.0, np.ones(3), np.zeros(3), entries) == 0).all()


def test_backward_passes_against_central_differences():
    """A derivation can be wrong in one way in two libraries; differences know no derivation."""
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal((2, 2, 5, 4)), rng.standard_normal((3, 2, 3, 2))
    dout = rng.standard_normal(reference.conv2d(x, w, stride=2, padding=1).shape)
    dx, dw, _ = reference.conv2d_backward(dout, x, w, 2, 1)

    def loss(x, w):
        return (dout * reference.conv2d(x, w, stride=2, padding=1)).sum()

    np.testing.assert_allclose(dx, numeric.gradient(lambda at: loss(at, w), x), atol=1e-8)
    np.testing.assert_allclose(dw, numeric.gradient(lambda at: loss(x, at), w), atol=1e-8)
    ones, zeros = np.ones(2), np.zeros(2)
    dout = rng.standard_normal(x.shape)

    def normalised(at):
        return (dout * reference.batch_norm(at, ones, zeros, zeros, ones, True)[0]).sum()

    dx, _, _ = reference.batch_norm_backward(dout, x, ones, zeros, ones, True)
    np.testing.assert_allclose(dx, numeric.gradient(normalised, x), atol=1e-8)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda one: reference.avg_pool2d(one, 3, padding=2), "half the kernel"),
        (lambda one: reference.avg_pool2d(one, 5), "does not fit"),
        (lambda one: reference.avg_pool2d(one, 2, stride=0), "stride"),
        (lambda one: reference.conv2d_backward(one, one, np.ones((2, 2, 2, 1))), "dout must have shape"),
        (lambda one: reference.conv2d_backward(one, one, np.ones((2, 3, 1, 1))), "depth"),
        (lambda one: reference.max_pool2d_backward(one, one, 2), "dout must have shape"),
        (lambda one: reference.batch_norm_backward(one[:, :, 1:], one, *[np.ones(2)] * 3, True), "dout must"),
        (lambda one: reference.dropout_backward(one, one[0], 0.5, True), "mask must have shape"),
        (lambda one: reference.dropout_backward(one, one, 1.5, False), "p must be"),
        (lambda one: reference.softmax_cross_entropy(one[0, 0], np.zeros(4)), "must be integers"),
        (lambda one: reference.softmax_cross_entropy(one[0, 0], np.arange(4)), "from 0 to 2"),
        (lambda one: reference.softmax_cross_entropy(one[0, 0], np.arange(4) - 1), "from 0 to 2"),
        (lambda one: reference.softmax_cross_entropy(one[0, 0], np.arange(3)), "labels must have shape"),
        (lambda one: reference.softmax_cross_entropy(one[0, 0, :0], np.arange(0)), "must not be empty"),
        (lambda one: reference.gradient_errors(np.sum, np.float32(one), one, []), "must be float64"),
        (lambda one: reference.gradient_errors(np.sum, one, one[0], []), "grad must have shape"),
        (lambda one: reference.gradient_errors(np.sum, one, one, [], eps=0.0), "eps must be"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call(np.ones((1, 2, 4, 3)))
