"""Cases for conv2d: a layer's forward pass on (N, C_in, H, W) with filters (C_out, C_in/groups, kh, kw)."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor


def expected(x, w, b=None, **settings):
    """The reference in float64, whatever the dtype of the arguments."""
    bias = None if b is None else b.astype(np.float64)
    return reference.conv2d(x.astype(np.float64), w.astype(np.float64), bias, **settings)


def agrees(candidate, x, w, b=None, rtol=1e-10, atol=1e-12, **settings):
    actual = candidate.conv2d(x, w, b, **settings)
    expect.close(actual, expected(x, w, b, **settings), rtol=rtol, atol=atol)
    return actual


def draw_pair(rng, low, high):
    """A setting that is an int half of the time and a pair otherwise."""
    if rng.random() < 0.5:
        return int(rng.integers(low, high))
    return int(rng.integers(low, high)), int(rng.integers(low, high))


def draw_layer(rng, groups):
    """Arrays and settings of one random layer whose kernel fits."""
    n, per_group, filters = (int(v) for v in rng.integers(1, 4, size=3))
    kh, kw = (int(v) for v in rng.integers(1, 4, size=2))
    height, width = (int(v) for v in rng.integers(7, 12, size=2))
    x = rng.standard_normal((n, groups * per_group, height, width))
    w = rng.standard_normal((groups * filters, per_group, kh, kw))
    b = rng.standard_normal(groups * filters) if rng.random() < 0.7 else None
    settings = {
        "stride": draw_pair(rng, 1, 4),
        "padding": draw_pair(rng, 0, 3),
        "dilation": draw_pair(rng, 1, 4),
        "groups": groups,
    }
    return x, w, b, settings


@case("a 3x3 box filter on a 4x4 ramp", visible=True)
def box(candidate, rng):
    agrees(candidate, np.arange(16.0).reshape(1, 1, 4, 4), np.ones((1, 1, 3, 3)))


@case("stride 2, padding 1 and a bias", visible=True)
def strided(candidate, rng):
    x = np.arange(32.0).reshape(1, 2, 4, 4) % 5
    w = np.arange(36.0).reshape(2, 2, 3, 3) % 4 - 1
    agrees(candidate, x, w, np.array([1.0, -1.0]), stride=2, padding=1)


@case("two groups", visible=True)
def two_groups(candidate, rng):
    x = np.arange(36.0).reshape(1, 4, 3, 3) % 7
    w = np.arange(16.0).reshape(2, 2, 2, 2) - 7
    agrees(candidate, x, w, groups=2)


@case("twelve random dense layers", points=3)
def dense_layers(candidate, rng):
    for _ in range(12):
        x, w, b, settings = draw_layer(rng, groups=1)
        agrees(candidate, x, w, b, **settings)


@case("twelve random grouped layers", points=3)
def grouped_layers(candidate, rng):
    for _ in range(12):
        x, w, b, settings = draw_layer(rng, groups=int(rng.integers(2, 5)))
        agrees(candidate, x, w, b, **settings)


@case("different settings for height and width", points=2)
def asymmetric(candidate, rng):
    x = rng.standard_normal((2, 3, 11, 12))
    w = rng.standard_normal((4, 3, 3, 2))
    agrees(candidate, x, w, stride=(1, 2))
    agrees(candidate, x, w, padding=(0, 1))
    agrees(candidate, x, w, dilation=(2, 1))
    agrees(candidate, x, w, stride=(1, 2), padding=(0, 1), dilation=(2, 1))
    agrees(candidate, x, w, stride=(3, 1), padding=(2, 0), dilation=(1, 3))


@case("dilation widens the kernel and shrinks the output", points=2)
def dilated(candidate, rng):
    x = rng.standard_normal((1, 2, 9, 10))
    w = rng.standard_normal((3, 2, 3, 3))
    for dilation in (2, 3, 4):
        agrees(candidate, x, w, dilation=dilation)
    agrees(candidate, x, w, dilation=4, padding=4)


@case("one bias per output channel", points=2)
def biases(candidate, rng):
    x = rng.standard_normal((2, 3, 6, 6))
    w, b = rng.standard_normal((4, 3, 3, 3)), rng.uniform(1, 2, size=4)
    agrees(candidate, x, w, b)
    expect.close(
        candidate.conv2d(np.zeros((1, 3, 6, 6)), w, b),
        np.broadcast_to(b[:, None, None], (1, 4, 4, 4)),
        rtol=1e-12,
    )
    agrees(candidate, x, w, None)


@case("groups equal to the input channels: depthwise", points=2)
def depthwise(candidate, rng):
    x = rng.standard_normal((2, 4, 6, 7))
    for multiplier in (1, 2):
        w = rng.standard_normal((4 * multiplier, 1, 3, 3))
        agrees(candidate, x, w, rng.standard_normal(4 * multiplier), padding=1, groups=4)


@case("a channel reaches the outputs of its own group only")
def isolated(candidate, rng):
    x = rng.standard_normal((1, 6, 5, 5))
    w = rng.standard_normal((6, 2, 3, 3))
    changed = x.copy()
    changed[:, 2] += 1.0
    before = expect.array(agrees(candidate, x, w, groups=3))
    after = expect.array(agrees(candidate, changed, w, groups=3))
    for channels in (slice(0, 2), slice(4, 6)):
        expect.close(after[:, channels], before[:, channels], rtol=1e-12, atol=1e-12)


@case("a kernel exactly as large as the padded input")
def exact_fit(candidate, rng):
    x = rng.standard_normal((2, 2, 4, 5))
    agrees(candidate, x, rng.standard_normal((3, 2, 4, 5)))
    agrees(candidate, x, rng.standard_normal((3, 2, 3, 4)), dilation=2, padding=(1, 1), stride=3)


@case("float32 stays float32, float64 stays float64", points=2)
def dtypes(candidate, rng):
    x, w, b, settings = draw_layer(rng, groups=2)
    expect.dtype(agrees(candidate, x, w, b, **settings), np.float64)
    x, w = (rng.standard_normal(shape).astype(np.float32) for shape in ((2, 4, 8, 8), (4, 2, 3, 3)))
    b = rng.standard_normal(4).astype(np.float32)
    single = agrees(candidate, x, w, b, rtol=1e-4, atol=1e-5, stride=2, padding=1, groups=2)
    expect.dtype(single, np.float32)


@case("arguments that are not contiguous in memory")
def not_contiguous(candidate, rng):
    x = rng.standard_normal((2, 8, 18, 4)).transpose(0, 3, 1, 2)[..., ::2]
    w = rng.standard_normal((3, 3, 2, 8)).transpose(3, 2, 0, 1)[::2]
    agrees(candidate, x, w, rng.standard_normal(8)[::2], stride=2, padding=1, groups=2)


@case("the arguments are left as they were")
def untouched(candidate, rng):
    x, w, b = rng.standard_normal((2, 2, 6, 6)), rng.standard_normal((4, 2, 3, 3)), rng.standard_normal(4)
    expect.inputs_unchanged(candidate.conv2d, x, w, b)
    expect.inputs_unchanged(candidate.conv2d, x, w, b, stride=2, padding=1, dilation=2)


@case("ValueError for channels that do not fit the groups or the filters", points=2)
def bad_channels(candidate, rng):
    conv = candidate.conv2d
    expect.raises(ValueError, conv, rng.standard_normal((1, 5, 6, 6)), np.ones((4, 2, 3, 3)), groups=2)
    expect.raises(ValueError, conv, rng.standard_normal((1, 4, 6, 6)), np.ones((5, 2, 3, 3)), groups=2)
    expect.raises(ValueError, conv, rng.standard_normal((1, 4, 6, 6)), np.ones((4, 1, 3, 3)))
    expect.raises(ValueError, conv, rng.standard_normal((1, 4, 6, 6)), np.ones((4, 4, 3, 3)), groups=2)
    for bias in (np.ones(3), np.ones((4, 1))):
        expect.raises(ValueError, conv, rng.standard_normal((1, 2, 6, 6)), np.ones((4, 2, 3, 3)), bias)


@case("ValueError where the effective kernel does not fit", points=2)
def does_not_fit(candidate, rng):
    conv, x = candidate.conv2d, rng.standard_normal((1, 1, 4, 9))
    expect.raises(ValueError, conv, x, np.ones((1, 1, 5, 3)))
    expect.raises(ValueError, conv, x, np.ones((1, 1, 7, 3)), padding=1)
    expect.raises(ValueError, conv, x, np.ones((1, 1, 3, 3)), dilation=2)
    expect.raises(ValueError, conv, x, np.ones((1, 1, 3, 3)), dilation=(3, 1), padding=(1, 0), stride=4)
    expect.raises(ValueError, conv, x, np.ones((1, 1, 3, 3)), dilation=(1, 5), stride=3)


@case("ValueError for a wrong stride, padding, dilation, groups or number of axes")
def bad_settings(candidate, rng):
    conv, x, w = candidate.conv2d, rng.standard_normal((1, 2, 6, 6)), np.ones((2, 2, 3, 3))
    for settings in ({"stride": 0}, {"stride": (1, 0)}, {"padding": -1}, {"padding": (0, -1)}):
        expect.raises(ValueError, conv, x, w, **settings)
    for settings in ({"dilation": 0}, {"dilation": (0, 1)}, {"groups": 0}):
        expect.raises(ValueError, conv, x, w, **settings)
    for image, weight in ((x[0], w), (x, w[0])):
        expect.raises(ValueError, conv, image, weight)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def on_device(candidate, rng, device):
    x, w, b = (rng.standard_normal(size).astype(np.float32) for size in ((4, 6, 12, 11), (8, 3, 3, 2), 8))
    settings = {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2), "groups": 2}
    tensors = [torch_tensor(values, device=device) for values in (x, w, b)]
    for result, exact in (
        (candidate.conv2d(*tensors, **settings), expected(x, w, b, **settings)),
        (candidate.conv2d(*tensors[:2], groups=2), expected(x, w, groups=2)),
    ):
        expect.close(result, torch_tensor(exact), rtol=1e-4, atol=1e-4)
        expect.dtype(result, np.float32)
        expect.device(result, device)
    expect.raises(ValueError, candidate.conv2d, *tensors)


@case("a layer of real size", points=2)
def real_size(candidate, rng):
    x = rng.standard_normal((2, 16, 24, 24), dtype=np.float32)
    w = rng.standard_normal((32, 16, 3, 3), dtype=np.float32)
    agrees(candidate, x, w, rtol=1e-4, atol=1e-4, padding=1)
