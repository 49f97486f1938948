"""Cases for count_params: exact counts of known layers and random networks, and impossible layers."""

from exercises import reference
from exercises.dsl import case, expect


def agrees(candidate, input_shape, layers):
    expect.equal(candidate.count_params(input_shape, layers), reference.count_params(input_shape, layers))


def conv(out_channels, kernel, **settings):
    return {"type": "conv", "out_channels": out_channels, "kernel": kernel, **settings}


def pool(kernel, kind="max_pool", **settings):
    return {"type": kind, "kernel": kernel, **settings}


def dense(out_features, **settings):
    return {"type": "dense", "out_features": out_features, **settings}


NORM, RELU, FLATTEN, GLOBAL_POOL = (
    {"type": kind} for kind in ("batch_norm", "relu", "flatten", "global_pool")
)
DROPOUT = {"type": "dropout", "p": 0.25}


def whole(rng, low, high):
    return int(rng.integers(low, high))


def pair_or_int(rng, low, high):
    """A setting that is an int half of the time and a pair otherwise."""
    if rng.random() < 0.5:
        return whole(rng, low, high)
    return whole(rng, low, high), whole(rng, low, high)


def draw_layer(rng):
    kind = rng.choice(["conv", "conv", "pool", "batch_norm", "relu", "dropout"])
    if kind == "conv":
        groups = whole(rng, 1, 4)
        settings = {"stride": pair_or_int(rng, 1, 3), "padding": pair_or_int(rng, 0, 3), "groups": groups}
        if rng.random() < 0.5:
            settings["bias"] = bool(rng.random() < 0.5)
        return conv(groups * whole(rng, 1, 9), pair_or_int(rng, 1, 5), **settings)
    if kind == "pool":
        layer = pool(pair_or_int(rng, 2, 4), str(rng.choice(["max_pool", "avg_pool"])))
        return layer | ({"stride": 1, "padding": 1} if rng.random() < 0.5 else {})
    return {"type": str(kind)}


def draw_net(rng):
    """Layers that fit one after the other, drawn again where they do not, and a dense head."""
    shape = whole(rng, 1, 4) * 6, whole(rng, 20, 40), whole(rng, 20, 40)
    layers = []
    while len(layers) < 6:
        layer = draw_layer(rng)
        try:
            reference.count_params(shape, [*layers, layer])
        except ValueError:
            continue
        layers.append(layer)
    return shape, [*layers, FLATTEN, dense(whole(rng, 2, 30)), NORM, dense(10, bias=bool(rng.random() < 0.5))]


@case("a convolution with a bias on a colour image", visible=True)
def colour(candidate, rng):
    agrees(candidate, (3, 32, 32), [conv(64, 3, padding=1)])


@case("a small classifier", visible=True)
def classifier(candidate, rng):
    layers = [conv(4, 3, padding=1, bias=False), NORM, RELU, pool(2), FLATTEN, dense(10)]
    agrees(candidate, (3, 8, 8), layers)


@case("groups that do not divide the channels", visible=True)
def impossible_groups(candidate, rng):
    expect.raises(ValueError, candidate.count_params, (6, 8, 8), [conv(8, 3, groups=4)])


@case("known layers", points=2)
def known_layers(candidate, rng):
    for channels, layer in ((64, conv(128, 3)), (3, conv(64, 3)), (3, conv(10, 3)), (32, conv(8, 1))):
        agrees(candidate, (channels, 14, 14), [layer])


@case("groups, from two to depthwise", points=2)
def groups(candidate, rng):
    channels = 12
    for count in (2, 3, 6, 12):
        agrees(candidate, (channels, 9, 9), [conv(24, (3, 5), groups=count), conv(12, 1)])
        agrees(candidate, (channels, 9, 9), [conv(12, 3, groups=count, bias=False)])


@case("with and without a bias", points=2)
def biases(candidate, rng):
    c, h = whole(rng, 2, 9), whole(rng, 4, 9)
    for bias in (True, False):
        agrees(candidate, (c, h, h + 1), [conv(7, 3, bias=bias), FLATTEN, dense(5, bias=bias)])
        agrees(candidate, (c, 1, 1), [FLATTEN, dense(3, bias=not bias), dense(9, bias=bias)])


@case("batch norm: 2C trainable, 2C buffers", points=2)
def batch_norm(candidate, rng):
    c = whole(rng, 3, 40)
    agrees(candidate, (c, 5, 6), [NORM, conv(c + 2, 3), NORM, {"type": "batch_norm", "affine": False}])
    agrees(candidate, (c, 2, 3), [FLATTEN, NORM, dense(8), {"type": "batch_norm", "affine": True}])
    agrees(candidate, (c, 2, 3), [FLATTEN, {"type": "batch_norm", "affine": False}])


@case("layers that have no parameters")
def no_parameters(candidate, rng):
    layers = [
        RELU,
        DROPOUT,
        pool(2),
        pool((3, 2), "avg_pool", stride=1, padding=(1, 0)),
        GLOBAL_POOL,
        FLATTEN,
    ]
    agrees(candidate, (5, 12, 13), [*layers, RELU, DROPOUT, {"type": "dropout"}, FLATTEN])
    agrees(candidate, (5, 12, 13), [])


@case("the size in front of a dense layer", points=3)
def flattened(candidate, rng):
    for size in (13, 14, 15, 16):
        for stride in (1, 2, (3, 2), (1, 4)):
            layers = [conv(2, (3, 2), stride=stride, padding=(2, 0)), pool(2), FLATTEN, dense(3)]
            agrees(candidate, (1, size, size + 3), layers)
    agrees(candidate, (2, 9, 8), [pool(3), FLATTEN, dense(2)])
    agrees(candidate, (2, 9, 8), [pool((3, 4), "avg_pool", stride=2, padding=(1, 2)), FLATTEN, dense(2)])
    agrees(candidate, (2, 9, 8), [GLOBAL_POOL, conv(3, 1), FLATTEN, dense(2)])


@case("kernels exactly as large as the padded input")
def exact_fit(candidate, rng):
    for layer in (conv(2, (5, 4)), conv(2, 8, padding=(2, 2)), pool((5, 4)), pool(6, padding=(1, 3))):
        agrees(candidate, (2, 5, 4), [layer, FLATTEN, dense(3)])
    agrees(candidate, (1, 1, 1), [conv(1, 1), pool(1), FLATTEN, dense(1)])
    agrees(candidate, (1, 3, 3), [pool(2, padding=1), FLATTEN, dense(2)])


@case("twenty random networks", points=3)
def random_nets(candidate, rng):
    for _ in range(20):
        agrees(candidate, *draw_net(rng))


@case("the arguments are left as they were")
def untouched(candidate, rng):
    layers = [conv(4, 3, groups=2), dict(NORM), pool(2), dict(FLATTEN), dense(3)]
    expect.inputs_unchanged(candidate.count_params, (2, 12, 13), layers)


def rejects(candidate, shape, *layers):
    expect.raises(ValueError, candidate.count_params, shape, list(layers))


@case("ValueError for impossible groups", points=2)
def bad_groups(candidate, rng):
    rejects(candidate, (6, 8, 8), conv(8, 3, groups=4))
    rejects(candidate, (8, 8, 8), conv(6, 3, groups=4))
    rejects(candidate, (6, 8, 8), conv(8, 3, groups=3))
    rejects(candidate, (4, 8, 8), conv(4, 3, groups=8))
    rejects(candidate, (4, 8, 8), conv(4, 3), conv(6, 1, groups=0))
    rejects(candidate, (4, 8, 8), conv(4, 3, groups=-2))


@case("ValueError where a kernel or a padding does not fit", points=2)
def does_not_fit(candidate, rng):
    rejects(candidate, (1, 4, 9), conv(2, (5, 1)))
    rejects(candidate, (1, 9, 4), conv(2, (1, 7), padding=1, stride=9))
    rejects(candidate, (1, 1, 1), pool(2, stride=3))
    rejects(candidate, (1, 8, 8), conv(2, 5), conv(2, 5))
    rejects(candidate, (1, 8, 8), pool(2, padding=2))
    rejects(candidate, (1, 8, 8), pool((2, 4), "avg_pool", padding=2))
    rejects(candidate, (1, 8, 8), pool((4, 3), padding=(2, 2)))


@case("ValueError for settings that make no sense", points=2)
def bad_settings(candidate, rng):
    for layer in (conv(0, 3), conv(-1, 3), conv(2, 0), conv(2, (3, 0)), conv(2, 3, stride=0), pool(0)):
        rejects(candidate, (1, 8, 8), layer)
    for layer in (
        conv(2, 3, stride=(1, -1)),
        conv(2, 3, padding=-1),
        pool(3, padding=(0, -1)),
        pool(2, stride=0),
    ):
        rejects(candidate, (1, 8, 8), layer)
    rejects(candidate, (1, 8, 8), FLATTEN, dense(0))
    rejects(candidate, (1, 8, 8), {"type": "convolution", "out_channels": 1, "kernel": 1})


@case("ValueError where the kind of input is wrong", points=2)
def wrong_input(candidate, rng):
    for layer in (conv(2, 1), pool(1), pool(1, "avg_pool"), GLOBAL_POOL):
        rejects(candidate, (3, 2, 2), FLATTEN, layer)
    rejects(candidate, (3, 2, 2), dense(4))
    rejects(candidate, (3, 1, 1), GLOBAL_POOL, dense(4))
