"""Cases for count_macs: exact costs of known and random networks, and the position of an impossible layer."""

from exercises import reference
from exercises.dsl import case, expect


def agrees(candidate, input_shape, layers):
    expect.equal(candidate.count_macs(input_shape, layers), reference.count_macs(input_shape, layers))


def conv(out_channels, kernel, **settings):
    return {"type": "conv", "out_channels": out_channels, "kernel": kernel, **settings}


def transposed(out_channels, kernel, **settings):
    return {"type": "conv_transpose", "out_channels": out_channels, "kernel": kernel, **settings}


def pool(kernel, kind="max_pool", **settings):
    return {"type": kind, "kernel": kernel, **settings}


def dense(out_features, **settings):
    return {"type": "dense", "out_features": out_features, **settings}


def residual(body, *shortcut):
    layer = {"type": "residual", "body": body}
    return layer | {"shortcut": list(shortcut)} if shortcut else layer


NORM, RELU, FLATTEN, GLOBAL_POOL = (
    {"type": kind} for kind in ("batch_norm", "relu", "flatten", "global_pool")
)


def whole(rng, low, high):
    return int(rng.integers(low, high))


def pair_or_int(rng, low, high):
    """A setting that is an int half of the time and a pair otherwise."""
    if rng.random() < 0.5:
        return whole(rng, low, high)
    return whole(rng, low, high), whole(rng, low, high)


def draw_layer(rng):
    kind = rng.choice(
        ["conv", "conv", "conv_transpose", "max_pool", "avg_pool", "relu", "batch_norm", "residual"]
    )
    groups = whole(rng, 1, 4)
    settings = {"groups": groups, "padding": pair_or_int(rng, 0, 2), "dilation": pair_or_int(rng, 1, 3)}
    if kind == "conv":
        stride = pair_or_int(rng, 1, 3)
        return conv(groups * whole(rng, 1, 6), pair_or_int(rng, 1, 4), stride=stride, **settings)
    if kind == "conv_transpose":
        extra = pair_or_int(rng, 0, 2)
        return transposed(
            groups * whole(rng, 1, 6), pair_or_int(rng, 1, 4), stride=2, output_padding=extra, **settings
        )
    if kind == "residual":
        out, stride = whole(rng, 1, 9), whole(rng, 1, 3)
        body = [conv(4, 1), RELU, conv(out, 3, stride=stride, padding=1)]
        return residual(body, conv(out, 1, stride=stride))
    if str(kind).endswith("pool"):
        return pool(
            pair_or_int(rng, 2, 4), str(kind), stride=pair_or_int(rng, 1, 3), padding=whole(rng, 0, 2)
        )
    return {"type": str(kind)}


def draw_net(rng):
    """Layers that fit one after the other, drawn again where they do not, and a dense head."""
    shape = whole(rng, 1, 4) * 6, whole(rng, 12, 30), whole(rng, 12, 30)
    layers = []
    while len(layers) < 6:
        layer = draw_layer(rng)
        try:
            reference.count_macs(shape, [*layers, layer])
        except ValueError:
            continue
        layers.append(layer)
    return shape, [*layers, FLATTEN, dense(whole(rng, 2, 30)), NORM, RELU, dense(10)]


def resnet50():
    """The layers for images (3, 224, 224), with the stride in the 3x3 convolution of a block."""

    def block(width, stride, first):
        body = [
            *(conv(width, 1, bias=False), NORM, RELU),
            *(conv(width, 3, stride=stride, padding=1, bias=False), NORM, RELU),
            *(conv(4 * width, 1, bias=False), NORM),
        ]
        shortcut = [conv(4 * width, 1, stride=stride, bias=False), NORM] if first else []
        return [residual(body, *shortcut), RELU]

    layers = [conv(64, 7, stride=2, padding=3, bias=False), NORM, RELU, pool(3, stride=2, padding=1)]
    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for index in range(count):
            layers += block(width, stride if index == 0 else 1, index == 0)
    return [*layers, GLOBAL_POOL, FLATTEN, dense(1000)]


@case("a strided convolution and a dense layer", visible=True)
def small(candidate, rng):
    agrees(candidate, (3, 8, 8), [conv(4, 3, stride=2, padding=1), RELU, FLATTEN, dense(10)])


@case("a residual block with a max pool behind it", visible=True)
def block(candidate, rng):
    body = [conv(8, 3, padding=1), RELU, conv(4, 1)]
    agrees(candidate, (4, 6, 6), [residual(body), pool(2)])


@case("the second layer does not fit", visible=True)
def second_does_not_fit(candidate, rng):
    layers = [conv(2, 3), conv(2, 5)]
    expect.raises(ValueError, candidate.count_macs, (1, 6, 6), layers, match=r"layer 1\b", label="position")


@case("64 to 128 channels: dense, strided, separable", points=2)
def known_layers(candidate, rng):
    agrees(candidate, (64, 28, 28), [conv(128, 3, padding=1)])
    agrees(candidate, (64, 28, 28), [conv(128, 3, stride=2, padding=1)])
    agrees(candidate, (64, 28, 28), [conv(64, 3, padding=1, groups=64), conv(128, 1)])


@case("ResNet-50", points=3)
def residual_network(candidate, rng):
    agrees(candidate, (3, 224, 224), resnet50())


@case("groups and biases", points=2)
def groups(candidate, rng):
    for count in (1, 2, 3, 6):
        for bias in (True, False):
            agrees(candidate, (6, 9, 7), [conv(12, (3, 2), groups=count, bias=bias)])
            agrees(candidate, (6, 9, 7), [transposed(12, (3, 2), groups=count, bias=bias)])
    agrees(candidate, (6, 9, 7), [FLATTEN, dense(5, bias=True), dense(4, bias=False), dense(1)])


@case("dilation", points=2)
def dilation(candidate, rng):
    for value in (2, (1, 3)):
        agrees(
            candidate, (2, 15, 12), [conv(3, 3, dilation=value), conv(5, (2, 3), dilation=value, padding=2)]
        )
        agrees(candidate, (2, 5, 4), [transposed(3, 3, dilation=value, stride=2), RELU])


@case("transposed convolutions", points=2)
def transposed_layers(candidate, rng):
    c, h, w = whole(rng, 1, 9), whole(rng, 2, 9), whole(rng, 2, 9)
    agrees(candidate, (c, h, w), [transposed(5, 2, stride=2), transposed(3, 4, stride=2, padding=1)])
    agrees(
        candidate, (c, h, w), [transposed(5, (3, 5), stride=(2, 3), padding=(0, 1), output_padding=(1, 2))]
    )
    agrees(candidate, (c, 1, 1), [transposed(2, 3, dilation=2, output_padding=1), transposed(1, 1)])
    agrees(candidate, (c, 1, 2), [transposed(2, 3, padding=(1, 0)), RELU])


@case("pooling has comparisons, no MACs", points=2)
def pooling(candidate, rng):
    for kind in ("max_pool", "avg_pool"):
        agrees(candidate, (3, 12, 13), [pool(2, kind), pool((3, 2), kind, stride=1, padding=(1, 0))])
        agrees(candidate, (3, 12, 13), [pool((2, 5), kind, padding=(1, 2)), pool(1, kind)])
    agrees(candidate, (4, 5, 6), [RELU, NORM, GLOBAL_POOL, conv(2, 1), RELU, FLATTEN, FLATTEN, RELU, NORM])
    agrees(candidate, (4, 5, 6), [])


@case("residual layers, nested and with a projection", points=3)
def residuals(candidate, rng):
    c = whole(rng, 2, 8)
    body = [conv(c, 3, padding=1), RELU, conv(c, 3, padding=1)]
    agrees(candidate, (c, 7, 8), [residual([residual(body), *body]), residual([RELU], NORM)])
    agrees(candidate, (c, 7, 8), [residual([conv(9, 2, stride=2)], pool(2), conv(9, 1)), FLATTEN, dense(3)])
    agrees(
        candidate,
        (c, 7, 8),
        [
            residual([]),
            residual([], pool(1)),
            residual([FLATTEN, dense(4)], GLOBAL_POOL, conv(4, 1), FLATTEN),
        ],
    )


@case("fifteen random networks", points=3)
def random_nets(candidate, rng):
    for _ in range(15):
        agrees(candidate, *draw_net(rng))


@case("the arguments are left as they were")
def untouched(candidate, rng):
    layers = [conv(4, 3, groups=2), residual([dict(RELU)], dict(NORM)), pool(2), dict(FLATTEN), dense(3)]
    expect.inputs_unchanged(candidate.count_macs, (2, 12, 13), layers)


def rejects(candidate, shape, layers, position):
    """The layer at this position is impossible; its position stands in the message."""
    expect.raises(ValueError, candidate.count_macs, shape, layers, label="impossible layer")
    match = rf"layer {position}\b"
    expect.raises(ValueError, candidate.count_macs, shape, layers, match=match, label="position")


@case("ValueError where a kernel or a padding does not fit", points=2)
def does_not_fit(candidate, rng):
    rejects(candidate, (1, 4, 9), [RELU, conv(2, (5, 1))], 1)
    rejects(candidate, (1, 9, 4), [conv(2, (1, 3), dilation=2, stride=4)], 0)
    rejects(candidate, (1, 1, 1), [RELU, RELU, pool(2, stride=3)], 2)
    rejects(candidate, (1, 8, 8), [pool(2, padding=2)], 0)
    rejects(candidate, (1, 8, 8), [pool((4, 2), "avg_pool", padding=(2, 2))], 0)


@case("ValueError for impossible transposed layers", points=2)
def bad_transposed(candidate, rng):
    before = [RELU] * whole(rng, 0, 3)
    at = len(before)
    for settings in ({"output_padding": 1}, {"stride": (2, 3), "output_padding": 2}, {"output_padding": -1}):
        rejects(candidate, (1, 4, 4), [*before, transposed(2, 3, **settings)], at)
    rejects(candidate, (1, 1, 1), [*before, transposed(2, (4, 2), padding=1)], at)
    rejects(candidate, (1, 4, 4), [*before, transposed(2, 3, dilation=(1, 3), output_padding=2)], at)


@case("ValueError for settings and groups that make no sense", points=2)
def bad_settings(candidate, rng):
    for layer in (
        *(conv(3, 3, groups=2), conv(4, 3, groups=4), transposed(3, 3, groups=2), conv(2, 3, groups=0)),
        *(conv(0, 3), conv(2, (3, 0)), conv(2, 3, stride=0), conv(2, 3, dilation=(0, 1)), pool(0)),
        *(conv(2, 3, padding=(0, -1)), pool(2, stride=(1, 0)), pool(2, padding=-1)),
        {"type": "convolution", "out_channels": 1, "kernel": 1},
    ):
        rejects(candidate, (2, 8, 8), [RELU, layer], 1)
    rejects(candidate, (1, 8, 8), [FLATTEN, dense(0)], 1)


@case("ValueError where shapes do not go together", points=2)
def wrong_shapes(candidate, rng):
    for layer in (conv(2, 1), transposed(2, 1), pool(1), pool(1, "avg_pool"), GLOBAL_POOL):
        rejects(candidate, (3, 2, 2), [FLATTEN, layer], 1)
    rejects(candidate, (3, 1, 1), [RELU, GLOBAL_POOL, dense(4)], 2)
    rejects(candidate, (3, 4, 4), [residual([RELU]), residual([RELU], conv(3, 1, stride=2))], 1)
    rejects(candidate, (3, 4, 4), [RELU, residual([conv(4, 1)])], 1)
    inner = [RELU, RELU, RELU, conv(3, 9)]
    rejects(candidate, (3, 4, 4), [RELU, residual(inner)], 1)
    rejects(candidate, (3, 4, 4), [RELU, RELU, residual([], residual(inner))], 2)
