"""Cases for output_shape: exact shapes of random and well-known networks, and the position of a bad layer."""

from exercises import reference
from exercises.dsl import case, expect


def agrees(candidate, input_shape, layers):
    shapes = candidate.output_shape(input_shape, layers)
    expect.equal(shapes, reference.output_shape(input_shape, layers))


def conv(kernel, out_channels=4, **settings):
    return {"type": "conv", "out_channels": out_channels, "kernel": kernel, **settings}


def pool(kernel, kind="max_pool", **settings):
    return {"type": kind, "kernel": kernel, **settings}


def transposed(kernel, out_channels=4, **settings):
    return {"type": "conv_transpose", "out_channels": out_channels, "kernel": kernel, **settings}


def dense(in_features, out_features=10):
    return {"type": "dense", "in_features": in_features, "out_features": out_features}


FLATTEN = {"type": "flatten"}
GLOBAL_POOL = {"type": "global_pool"}


def whole(rng, low, high):
    return int(rng.integers(low, high))


def pair_or_int(rng, low, high):
    """A setting that is an int half of the time and a pair otherwise."""
    if rng.random() < 0.5:
        return whole(rng, low, high)
    return whole(rng, low, high), whole(rng, low, high)


def draw_layer(rng):
    kind = rng.choice(["conv", "max_pool", "avg_pool", "conv_transpose"])
    if kind == "conv":
        settings = {"stride": pair_or_int(rng, 1, 4), "padding": pair_or_int(rng, 0, 3)}
        return conv(pair_or_int(rng, 1, 6), whole(rng, 1, 9), dilation=pair_or_int(rng, 1, 4), **settings)
    if kind == "conv_transpose":
        settings = {"padding": pair_or_int(rng, 0, 2), "output_padding": pair_or_int(rng, 0, 2)}
        stride, dilation = whole(rng, 2, 4), pair_or_int(rng, 1, 3)
        return transposed(whole(rng, 3, 6), whole(rng, 1, 9), stride=stride, dilation=dilation, **settings)
    layer = pool(pair_or_int(rng, 2, 4), str(kind), padding=whole(rng, 0, 2))
    if rng.random() < 0.5:
        layer["stride"] = pair_or_int(rng, 1, 4)
    if rng.random() < 0.5:
        layer["ceil_mode"] = True
    return layer


def draw_net(rng, depth):
    """Layers that fit one after the other: those that do not are drawn again."""
    shape = now = (whole(rng, 1, 4), whole(rng, 40, 90), whole(rng, 40, 90))
    layers = []
    while len(layers) < depth:
        layer = draw_layer(rng)
        try:
            after = reference.output_shape(now, [layer])[-1]
        except ValueError:
            continue
        if min(after) >= 1 and max(after[1:]) <= 400:
            layers.append(layer)
            now = after
    return shape, layers


@case("a small classifier", visible=True)
def classifier(candidate, rng):
    layers = [conv(3, 16, padding=1), pool(2), conv(3, 32, stride=2), FLATTEN, dense(1568)]
    agrees(candidate, (3, 32, 32), layers)


@case("one dilated convolution and one transposed convolution", visible=True)
def dilated_and_transposed(candidate, rng):
    agrees(
        candidate,
        (1, 20, 30),
        [conv(3, 2, dilation=(2, 4), padding=(0, 1)), transposed(4, 8, stride=2, padding=1)],
    )


@case("the second layer does not fit", visible=True)
def second_does_not_fit(candidate, rng):
    layers = [conv(3, padding=1), conv(5)]
    expect.raises(ValueError, candidate.output_shape, (1, 4, 4), layers, match=r"layer 1\b", label="position")


@case("known sizes of single layers", points=2)
def known_sizes(candidate, rng):
    for size, layer in (
        (56, conv(3, stride=2, padding=1)),
        (10, conv(3, stride=2)),
        (2, conv(2)),
        (32, conv(3, stride=2)),
        (224, conv(7, stride=2, padding=3)),
        (112, pool(3, stride=2, padding=1)),
        (28, transposed(3, stride=2, padding=1, output_padding=1)),
    ):
        agrees(candidate, (3, size, size), [layer])


@case("U-Net from 572 to 388", points=2)
def unet(candidate, rng):
    def double(channels):
        return [conv(3, channels), conv(3, channels)]

    down = [layer for channels in (64, 128, 256, 512) for layer in (*double(channels), pool(2))]
    up = [
        layer
        for channels in (512, 256, 128, 64)
        for layer in (transposed(2, channels, stride=2), *double(channels))
    ]
    agrees(candidate, (1, 572, 572), [*down, *double(1024), *up, conv(1, 2)])


@case("twenty random layers in a row, five times", points=3)
def deep_nets(candidate, rng):
    for _ in range(5):
        agrees(candidate, *draw_net(rng, depth=20))


@case("forty random nets", points=3)
def random_nets(candidate, rng):
    for _ in range(40):
        agrees(candidate, *draw_net(rng, depth=whole(rng, 1, 5)))


@case("dilation", points=2)
def dilation(candidate, rng):
    for value in (2, 3, (1, 4)):
        agrees(
            candidate,
            (2, 30, 31),
            [conv(3, dilation=value), conv((2, 4), dilation=value, stride=2, padding=2)],
        )
        agrees(candidate, (2, 9, 8), [transposed(3, dilation=value, stride=3)])


@case("settings for height and width differ", points=2)
def pairs(candidate, rng):
    agrees(candidate, (1, 23, 31), [conv((3, 1), stride=(1, 2), padding=(0, 2), dilation=(4, 1))])
    agrees(candidate, (1, 23, 31), [pool((2, 3), stride=(3, 1), padding=(1, 0))])
    agrees(candidate, (1, 7, 9), [transposed((2, 5), stride=(3, 2), padding=(0, 1), output_padding=(2, 0))])


@case("windows of one cell")
def one_cell(candidate, rng):
    agrees(candidate, (2, 9, 8), [conv(1), pool(1, stride=(2, 1)), pool(1, "avg_pool")])
    agrees(candidate, (2, 9, 8), [transposed(1), transposed(1, stride=(1, 3), output_padding=(0, 2))])


@case("ceil mode", points=2)
def ceil_mode(candidate, rng):
    for size in range(4, 12):
        for kernel, stride, padding in ((2, 2, 0), (2, 2, 1), (3, 2, 0), (3, 2, 1), (3, 4, 1), (2, 5, 0)):
            layer = pool(kernel, stride=stride, padding=padding, ceil_mode=True)
            agrees(candidate, (1, size, size + 1), [layer])


@case("the stride of a pooling layer defaults to its kernel")
def default_stride(candidate, rng):
    agrees(candidate, (5, 30, 30), [pool(3), pool((2, 4), "avg_pool")])


@case("global pooling, flatten and dense")
def head(candidate, rng):
    channels, height, width = whole(rng, 2, 9), whole(rng, 2, 9), whole(rng, 2, 9)
    shape = (channels, height, width)
    agrees(candidate, shape, [GLOBAL_POOL, FLATTEN, dense(channels, 7), dense(7, 3)])
    agrees(candidate, shape, [FLATTEN, dense(channels * height * width, 5)])
    agrees(candidate, shape, [GLOBAL_POOL, conv(1, 3)])
    agrees(candidate, shape, [])


@case("the arguments are left as they were")
def untouched(candidate, rng):
    layers = [conv(3), pool(2, ceil_mode=True), FLATTEN]
    expect.inputs_unchanged(candidate.output_shape, (2, 12, 13), layers)


def rejects(candidate, shape, layers, position):
    """The layer at this position is impossible; its position stands in the message."""
    expect.raises(ValueError, candidate.output_shape, shape, layers, label="impossible layer")
    match = rf"layer {position}\b"
    expect.raises(ValueError, candidate.output_shape, shape, layers, match=match, label="position")


@case("ValueError where a kernel does not fit", points=2)
def does_not_fit(candidate, rng):
    before = [conv(1) for _ in range(whole(rng, 0, 4))]
    at = len(before)
    rejects(candidate, (1, 2, 9), [*before, conv((3, 1), stride=2)], at)
    rejects(candidate, (1, 9, 4), [*before, conv((1, 3), dilation=2, stride=3)], at)
    rejects(candidate, (1, 1, 1), [*before, pool(2)], at)
    rejects(candidate, (1, 1, 1), [*before, pool(2, ceil_mode=True)], at)
    rejects(candidate, (1, 2, 2), [*before, conv(7, padding=2, stride=4)], at)


@case("ValueError for impossible pooling and transposed layers", points=2)
def bad_pool_or_transposed(candidate, rng):
    before = [conv(1) for _ in range(whole(rng, 0, 4))]
    at = len(before)
    rejects(candidate, (1, 8, 8), [*before, pool(2, padding=2)], at)
    rejects(candidate, (1, 8, 8), [*before, pool((4, 2), "avg_pool", padding=(2, 2))], at)
    rejects(candidate, (1, 8, 8), [*before, transposed(3, stride=2, output_padding=2)], at)
    rejects(candidate, (1, 1, 1), [*before, transposed(2, padding=1)], at)


@case("ValueError where the kind of input is wrong", points=2)
def wrong_input(candidate, rng):
    rejects(candidate, (2, 4, 4), [FLATTEN, conv(1)], 1)
    rejects(candidate, (2, 4, 4), [conv(1), FLATTEN, GLOBAL_POOL], 2)
    rejects(candidate, (2, 4, 4), [FLATTEN, dense(31)], 1)
    rejects(candidate, (2, 4, 4), [FLATTEN, dense(32, 8), dense(9)], 2)
    rejects(candidate, (8, 1, 1), [dense(8)], 0)


@case("ValueError for a type or setting that makes no sense")
def bad_settings(candidate, rng):
    for layer in (
        {"type": "convolution", "out_channels": 1, "kernel": 3},
        conv(0),
        conv(3, stride=0),
        conv(3, stride=(1, -1)),
        conv(3, padding=-1),
        conv(3, dilation=0),
        pool(2, stride=0),
        pool(0, stride=1),
        pool(2, padding=-1),
        transposed(3, padding=-1),
        transposed(0),
        transposed(3, stride=0, dilation=2),
        transposed(3, stride=2, dilation=0),
    ):
        rejects(candidate, (1, 9, 9), [conv(3), layer], 1)
