"""Numbers that the statements and editorials of the exercises on kinds of convolution give."""

from fractions import Fraction

import numpy as np
import pytest

from exercises import catalogue, reference
from exercises.reference.arithmetic import (
    conv_output_size,
    depthwise_separable_macs,
    effective_kernel,
    receptive_field,
    transposed_output_size,
)

SLUGS = (
    "cross-correlation-vs-convolution",
    "depthwise-separable-conv",
    "dilated-kernel-expansion",
    "im2col-col2im",
    "pixel-shuffle-and-unshuffle",
    "transposed-conv2d",
)
RAMP = np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize("slug", SLUGS)
def test_the_statement_says_what_is_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words
    rules = words.partition("## Rules")[2]
    assert [name for name in exercise.forbidden if f"`{name}`" not in rules] == []
    assert ("give back tensors" in rules) == ("torch" in exercise.frameworks)
    assert ("## Speed" in exercise.statement) == (exercise.speed is not None)


def test_the_example_of_cross_correlation_and_convolution():
    k = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert reference.correlate2d(RAMP, k).tolist() == [[27, 37], [57, 67]]
    assert reference.convolve2d(RAMP, k).tolist() == [[13, 23], [43, 53]]


def test_what_the_editorial_says_about_correlating_twice_and_about_sobel():
    rng = np.random.default_rng(0)
    x, a, b = (rng.standard_normal(shape) for shape in ((9, 9), (3, 2), (2, 4)))
    joint = reference.convolve2d(np.pad(a, ((1, 1), (3, 3))), b)
    assert joint.shape == (4, 5)
    twice = reference.correlate2d(reference.correlate2d(x, a), b)
    np.testing.assert_allclose(twice, reference.correlate2d(x, joint), atol=1e-12)
    sobel = np.array([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    np.testing.assert_allclose(reference.correlate2d(x, sobel), -reference.convolve2d(x, sobel), atol=1e-12)


def test_the_edge_filter_answers_to_the_side_that_its_captions_name():
    exercise = catalogue.load("cross-correlation-vs-convolution")
    shown = []

    def keep(title, actual, expected):
        shown.append((title, np.asarray(expected)))

    case = next(case for case in exercise.cases if "picture" in case.name)
    candidate = exercise.local(exercise.solutions[0].source)
    candidate.__dict__["show"] = keep
    case.run(candidate, 1)
    (right, correlation), (left, convolution) = shown
    assert "to the right" in right
    assert "to the left" in left
    middle = len(correlation) // 2
    assert correlation[middle, :9].max() > 0 > correlation[middle, 9:].min()  # into the disc, and out of it
    np.testing.assert_array_equal(convolution, -correlation)


def test_numbers_of_the_expanded_kernel():
    k = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert reference.expand_kernel(k, 2).tolist() == [[1, 0, 2], [0, 0, 0], [3, 0, 4]]
    assert reference.expand_kernel(k[:1], 3).tolist() == [[1, 0, 0, 2]]
    wide = reference.expand_kernel(np.ones((3, 3)), 4)
    assert wide.shape == (9, 9)
    assert np.count_nonzero(wide) == 9
    assert [effective_kernel(3, d) for d in (2, 4)] == [5, 9]
    growing, fixed = [(3, 1, 1), (3, 1, 2), (3, 1, 4), (3, 1, 8)], [(3, 1, 2)] * 4
    assert [receptive_field(growing[:n]) for n in range(1, 5)] == [3, 7, 15, 31]
    assert [receptive_field(fixed[:n]) for n in range(1, 5)] == [5, 9, 13, 17]


def test_numbers_of_pixel_shuffle():
    x = np.arange(16).reshape(1, 4, 2, 2)
    y = reference.pixel_shuffle(x, 2)
    assert y[0, 0].tolist() == [[0, 4, 1, 5], [8, 12, 9, 13], [2, 6, 3, 7], [10, 14, 11, 15]]
    assert (reference.pixel_unshuffle(y, 2) == x).all()
    assert reference.pixel_shuffle(np.zeros((2, 18, 5, 7)), 3).shape == (2, 2, 15, 21)
    assert [reference.pixel_shuffle(np.zeros((1, 64, 1, 1)), r).shape[1] for r in (4, 2)] == [4, 16]
    there, back = (0, 1, 4, 2, 5, 3), (0, 1, 3, 5, 2, 4)
    assert [there[axis] for axis in back] == list(range(6))


def test_unshuffling_and_mixing_is_a_convolution_with_kernel_and_stride_r():
    rng = np.random.default_rng(1)
    x, w = rng.standard_normal((2, 3, 6, 8)), rng.standard_normal((4, 3, 2, 2))
    mixed = reference.conv2d(reference.pixel_unshuffle(x, 2), w.reshape(4, 12, 1, 1))
    np.testing.assert_allclose(mixed, reference.conv2d(x, w, stride=2), atol=1e-12)


def test_a_convolution_and_a_shuffle_are_a_transposed_convolution():
    rng = np.random.default_rng(2)
    x, w = rng.standard_normal((1, 2, 5, 4)), rng.standard_normal((4, 2, 3, 3))
    shuffled = reference.pixel_shuffle(reference.conv2d(x, w, padding=1), 2)
    # Phase (i, j) of the 6x6 kernel is filter 2*i + j, turned: it scatters where that gathers.
    kernel = reference.pixel_shuffle(w[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), 2)
    assert kernel.shape == (2, 1, 6, 6)
    np.testing.assert_allclose(reference.conv_transpose2d(x, kernel, 2, 2), shuffled, atol=1e-12)


def test_numbers_of_im2col_and_col2im():
    x = RAMP.reshape(1, 1, 3, 3)
    assert reference.im2col(x, (1, 2))[0].tolist() == [[0, 1, 3, 4, 6, 7], [1, 2, 4, 5, 7, 8]]
    assert reference.im2col(x, 2, padding=1)[0, :, 2].tolist() == [0, 0, 1, 2]
    counts = reference.col2im(np.ones((1, 4, 4)), (1, 1, 3, 3), 2)
    assert counts[0, 0].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    assert reference.conv2d(x, np.ones((1, 1, 2, 2)))[0, 0].tolist() == [[8, 12], [20, 24]]
    maps = np.zeros((1, 64, 56, 56))
    assert (maps.size, reference.im2col(maps, 3, padding=1).size) == (200_704, 1_806_336)


def test_numbers_of_the_transposed_convolution():
    x, w = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2), np.ones((1, 1, 3, 3))
    spread = reference.conv_transpose2d
    assert spread(x, w, 2)[0, 0, 2].tolist() == [4, 4, 10, 6, 6]
    assert spread(x, w, 2, 1)[0, 0].tolist() == [[1, 3, 2], [4, 10, 6], [3, 7, 4]]
    assert spread(x, w, 2, 1, 1)[0, 0, :, 3].tolist() == [2, 6, 4, 4]
    assert [conv_output_size(n, 3, 2, 1) for n in (55, 56)] == [28, 28]
    assert [transposed_output_size(28, 3, 2, 1, q) for q in (0, 1)] == [55, 56]
    for k, p, q in ((4, 1, 0), (2, 0, 0), (3, 1, 1)):
        assert transposed_output_size(24, k, 2, p, q) == 48


@pytest.mark.parametrize(
    ("kernel", "stride", "counts"),
    [
        (3, 2, [1, 1, 2, 1, 2, 1, 2, 1, 1]),
        (4, 2, [1, 1, 2, 2, 2, 2, 2, 2, 1, 1]),
        (2, 2, [1] * 8),
        (2, 3, [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1]),
    ],
)
def test_how_many_copies_overlap(kernel, stride, counts):
    y = reference.conv_transpose2d(np.ones((1, 1, 1, 4)), np.ones((1, 1, 1, kernel)), (1, stride))
    assert y[0, 0, 0].tolist() == counts


def test_numbers_of_the_separable_convolution():
    x = np.stack([RAMP, np.ones((3, 3))])[None]
    w_depth = np.stack([np.ones((1, 2, 2)), np.full((1, 2, 2), 2.0)])
    w_point = np.array([[1.0, 1.0], [1.0, -1.0]]).reshape(2, 2, 1, 1)
    filtered = reference.conv2d(x, w_depth, groups=2)[0]
    assert filtered.tolist() == [[[8, 12], [20, 24]], [[8, 8], [8, 8]]]
    y = reference.depthwise_separable_conv2d(x, w_depth, w_point)[0]
    assert y.tolist() == [[[16, 20], [28, 32]], [[0, 4], [12, 16]]]


def test_what_the_separable_convolution_saves():
    assert reference.separable_cost(64, 128, 3, 28, 28) == {
        "weights": 8768,
        "macs": 6_874_112,
        "dense_weights": 73_728,
        "dense_macs": 57_802_752,
        "ratio": Fraction(137, 1152),
    }
    assert depthwise_separable_macs(64, 128, 3, 3, 28, 28) == 6_874_112
    factors = {n: float(1 / reference.separable_cost(64, n, 3, 1, 1)["ratio"]) for n in range(1, 513)}
    rounded = [round(factors[n], 2) for n in (64, 128, 256, 512)]
    assert rounded == [7.89, 8.41, 8.69, 8.84]
    assert min(n for n in factors if factors[n] >= 8) == 72
    assert factors[1] < 1
    assert (64 * 9, 64 * 128, round(100 * 8192 / 8768)) == (576, 8192, 93)
