"""Kinds of convolution against their PyTorch twins and SciPy, over random configurations."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import signal

from exercises import reference
from exercises.reference.arithmetic import transposed_output_size

torch = pytest.importorskip("torch")
from exercises.reference import twins  # noqa: E402

pytestmark = pytest.mark.torch
SEED = st.integers(0, 2**32)
DTYPE = st.sampled_from([np.float32, np.float64])


def pairs(low, high):
    """An integer, or one for each of height and width."""
    number = st.integers(low, high)
    return st.one_of(number, st.tuples(number, number))


def outcome(function, *args, **kwargs):
    """The array that a call gives, or None where it refuses."""
    try:
        return np.asarray(function(*args, **kwargs))
    except ValueError:
        return None


def agree(name, *args, **kwargs):
    """Our operation and its twin give the same, or both refuse."""
    tensors = [torch.from_numpy(one) if isinstance(one, np.ndarray) else one for one in args]
    ours = outcome(getattr(reference, name), *args, **kwargs)
    theirs = outcome(getattr(twins, name), *tensors, **kwargs)
    if ours is None or theirs is None:
        assert ours is theirs
        return
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    tolerance = 1e-4 if ours.dtype == np.float32 else 1e-11
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@settings(max_examples=60, deadline=None)
@given(SEED, pairs(1, 4), DTYPE)
def test_correlation_and_convolution_of_two_arrays(seed, kernel, dtype):
    rng = np.random.default_rng(seed)
    kh, kw = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    x = rng.standard_normal(rng.integers(1, 8, size=2)).astype(dtype)
    k = rng.standard_normal((kh, kw)).astype(dtype)
    agree("correlate2d", x, k)
    agree("convolve2d", x, k)
    if kh <= x.shape[0] and kw <= x.shape[1]:
        found = reference.convolve2d(x, k), reference.correlate2d(x, k)
        expected = signal.convolve2d(x, k, mode="valid"), signal.correlate2d(x, k, mode="valid")
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_correlation_refuses_other_ranks_and_empty_arrays():
    for x, k in (((3, 3, 1), (2, 2)), ((3, 3), (4,)), ((3, 3), (0, 2)), ((0, 3), (1, 1))):
        for function in (reference.correlate2d, reference.convolve2d):
            with pytest.raises(ValueError, match="must"):
                function(np.ones(x), np.ones(k))


@settings(max_examples=40, deadline=None)
@given(SEED, pairs(1, 4), DTYPE)
def test_an_expanded_kernel_does_what_dilation_does(seed, d, dtype):
    rng = np.random.default_rng(seed)
    x, k = rng.standard_normal((14, 15)).astype(dtype), rng.standard_normal(rng.integers(1, 5, size=2))
    wide = reference.expand_kernel(k.astype(dtype), d)
    assert wide.dtype == dtype
    dilated = reference.conv2d(x[None, None], k.astype(dtype)[None, None], dilation=d)[0, 0]
    np.testing.assert_allclose(reference.correlate2d(x, wide), dilated, rtol=1e-4, atol=1e-4)
    assert np.count_nonzero(wide) == k.size


def test_an_expanded_kernel_is_new_and_its_rate_positive():
    k = np.ones((2, 3))
    same = reference.expand_kernel(k, 1)
    assert (same == k).all()
    assert not np.shares_memory(same, k)
    for rate in (0, -1, (1, 0)):
        with pytest.raises(ValueError, match="d must be at least 1"):
            reference.expand_kernel(k, rate)


@settings(max_examples=80, deadline=None)
@given(SEED, pairs(1, 3), pairs(1, 3), pairs(0, 2), pairs(1, 3), DTYPE)
def test_im2col_and_col2im(seed, kernel, stride, padding, dilation, dtype):
    rng = np.random.default_rng(seed)
    shape = tuple(int(size) for size in rng.integers(1, [3, 4, 9, 9]))
    x = rng.standard_normal(shape).astype(dtype)
    geometry = (kernel, stride, padding, dilation)
    agree("im2col", x, *geometry)
    cols = outcome(reference.im2col, x, *geometry)
    if cols is None:
        return
    drawn = rng.standard_normal(cols.shape).astype(dtype)
    agree("col2im", drawn, shape, *geometry)
    adjoint = (x * reference.col2im(drawn, shape, *geometry)).sum(dtype=np.float64)
    np.testing.assert_allclose((cols * drawn).sum(dtype=np.float64), adjoint, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    ("cols", "shape"),
    [((1, 4, 5), (1, 1, 3, 3)), ((1, 4, 4), (2, 1, 3, 3)), ((4, 4), (1, 1, 3, 3)), ((1, 4, 4), (1, 3, 3))],
)
def test_col2im_refuses_columns_of_another_image(cols, shape):
    with pytest.raises(ValueError, match="shape"):
        reference.col2im(np.ones(cols), shape, 2)


@settings(max_examples=60, deadline=None)
@given(SEED, st.integers(0, 4), st.sampled_from([np.float32, np.int64, np.uint8]))
def test_pixel_shuffle_and_unshuffle(seed, r, dtype):
    rng = np.random.default_rng(seed)
    factor = max(r, 1)
    n, c, height, width = rng.integers(1, 4, size=4)
    packed = rng.integers(0, 200, size=(n, c * factor**2, height, width)).astype(dtype)
    spread = rng.integers(0, 200, size=(n, c, height * factor, width * factor)).astype(dtype)
    if rng.random() < 0.3:  # mostly sizes that do not divide
        packed, spread = packed[:, 1:] if packed.shape[1] > 1 else packed, spread[:, :, :, : width + 1]
    if r == 0:  # PyTorch divides by zero
        assert outcome(reference.pixel_shuffle, packed, r) is outcome(reference.pixel_unshuffle, packed, r)
        return
    agree("pixel_shuffle", packed, r)
    agree("pixel_unshuffle", spread, r)
    shuffled = outcome(reference.pixel_shuffle, packed, r)
    if shuffled is not None:
        np.testing.assert_array_equal(reference.pixel_unshuffle(shuffled, r), packed)


@settings(max_examples=100, deadline=None)
@given(SEED, pairs(1, 5), pairs(1, 3), pairs(0, 2), pairs(0, 3), pairs(1, 2), DTYPE)
def test_conv_transpose2d(seed, kernel, stride, padding, output_padding, dilation, dtype):
    rng = np.random.default_rng(seed)
    kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    n, c_in, height, width, c_out = rng.integers(1, 5, size=5)
    x = rng.standard_normal((n, c_in, height, width)).astype(dtype)
    w = rng.standard_normal((c_in, c_out, *kernel)).astype(dtype)
    geometry = (stride, padding, output_padding, dilation)
    agree("conv_transpose2d", x, w, *geometry)
    y = outcome(reference.conv_transpose2d, x, w, *geometry)
    if y is not None:
        sides = [one if isinstance(one, tuple) else (one, one) for one in geometry]
        settings = zip((height, width), kernel, *sides, strict=True)
        expected = [transposed_output_size(*(int(value) for value in one)) for one in settings]
        assert list(y.shape[2:]) == expected


@settings(max_examples=30, deadline=None)
@given(SEED, st.integers(1, 3), st.integers(0, 2), st.integers(1, 4))
def test_transposed_convolution_is_the_adjoint_of_convolution(seed, stride, padding, k):
    rng = np.random.default_rng(seed)
    y, w = rng.standard_normal((2, 3, 9, 8)), rng.standard_normal((4, 3, k, k))
    forward = reference.conv2d(y, w, stride=stride, padding=padding)
    x = rng.standard_normal(forward.shape)
    lost = [(size + 2 * padding - k) % stride for size in y.shape[2:]]
    back = reference.conv_transpose2d(x, w, stride, padding, tuple(lost))
    assert back.shape == y.shape
    np.testing.assert_allclose((forward * x).sum(), (y * back).sum(), rtol=1e-10, atol=1e-10)


def test_conv_transpose2d_refuses_weights_of_another_depth():
    with pytest.raises(ValueError, match="w is for 3 input channels, x has 2"):
        reference.conv_transpose2d(np.ones((1, 2, 3, 3)), np.ones((3, 2, 2, 2)))


@settings(max_examples=50, deadline=None)
@given(SEED, pairs(1, 4), pairs(1, 3), pairs(0, 2), DTYPE)
def test_depthwise_separable_conv2d(seed, kernel, stride, padding, dtype):
    rng = np.random.default_rng(seed)
    kernel = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    n, c, c_out, height, width = rng.integers(1, 6, size=5)
    x = rng.standard_normal((n, c, height, width)).astype(dtype)
    depth = rng.standard_normal((c, 1, *kernel)).astype(dtype)
    point = rng.standard_normal((c_out, c, 1, 1)).astype(dtype)
    agree("depthwise_separable_conv2d", x, depth, point, stride, padding)


@pytest.mark.parametrize(
    ("depth", "point"),
    [((4, 1, 3, 3), (3, 2, 1, 1)), ((2, 2, 3, 3), (3, 2, 1, 1)), ((2, 1, 3, 3), (3, 4, 1, 1)),
     ((2, 1, 3, 3), (3, 2, 1, 2))],
)  # fmt: skip
def test_depthwise_separable_conv2d_refuses_other_weights(depth, point):
    with pytest.raises(ValueError, match="must have shape"):
        reference.depthwise_separable_conv2d(np.ones((1, 2, 5, 5)), np.ones(depth), np.ones(point))


@settings(max_examples=50, deadline=None)
@given(*[st.integers(1, 600)] * 2, st.integers(1, 11), *[st.integers(1, 100)] * 2)
def test_the_cost_of_separable_convolution(c, c_out, k, height, width):
    cost = reference.separable_cost(c, c_out, k, height, width)
    depthwise = torch.nn.Conv2d(c, c, k, groups=c, bias=False, device="meta")
    pointwise = torch.nn.Conv2d(c, c_out, 1, bias=False, device="meta")
    assert cost["weights"] == depthwise.weight.numel() + pointwise.weight.numel()
    assert cost["dense_weights"] == c * c_out * k * k
    assert cost["ratio"] == Fraction(1, c_out) + Fraction(1, k * k)
    assert cost["macs"] == cost["weights"] * height * width
    assert cost["dense_macs"] == cost["dense_weights"] * height * width
