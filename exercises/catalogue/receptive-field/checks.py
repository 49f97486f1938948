"""Cases for receptive_field, against the recurrence of the reference and by tracing positions."""

from exercises import reference
from exercises.dsl import case, expect

CONV3, POOL2 = (3, 1, 1, 1), (2, 2, 0, 1)


def agrees(candidate, layers):
    """Exact types and integers, centres up to rounding."""
    matches(candidate.receptive_field(layers), reference.receptive_field(layers))


def matches(trace, expected):
    expect.close(trace, expected, rtol=0, atol=1e-9)
    for one, other in zip(trace, expected):
        expect.equal(one[:2], other[:2])


def footprint(layers, unit):
    """First and last input position that a unit of the last layer reads, traced down through every tap."""
    positions = {unit}
    for k, s, p, d in reversed(layers):
        positions = {i * s - p + tap * d for i in positions for tap in range(k)}
    return min(positions), max(positions)


def traced(layers):
    """(field, jump, start) after each layer from footprints alone."""
    trace = []
    for depth in range(1, len(layers) + 1):
        first, last = footprint(layers[:depth], 0)
        trace.append((last - first + 1, footprint(layers[:depth], 1)[0] - first, (first + last) / 2))
    return trace


def draw_stack(rng, depth):
    def layer():
        return tuple(int(rng.integers(low, high)) for low, high in ((1, 6), (1, 4), (0, 4), (1, 4)))

    return [layer() for _ in range(depth)]


def vgg16():
    return [layer for convs in (2, 2, 3, 3, 3) for layer in ([CONV3] * convs + [POOL2])]


@case("a convolution, a pool and a convolution", visible=True)
def small(candidate, rng):
    agrees(candidate, [CONV3, POOL2, CONV3])


@case("five 3x3 convolutions see 11 pixels", visible=True)
def five(candidate, rng):
    agrees(candidate, [(3, 1, 0, 1)] * 5)


@case("stride, padding and dilation in one layer", visible=True)
def one_layer(candidate, rng):
    agrees(candidate, [(3, 2, 1, 4), (3, 3, 0, 1)])


@case("dilations 1, 2, 4, 8 see 31 pixels", points=2)
def dilations(candidate, rng):
    agrees(candidate, [(3, 1, d, d) for d in (1, 2, 4, 8)])
    agrees(candidate, [(3, 1, 0, 2)] * 4)
    agrees(candidate, [(int(rng.integers(2, 7)), 1, 0, int(rng.integers(2, 9))) for _ in range(4)])


@case("VGG16 layer by layer", points=2)
def vgg(candidate, rng):
    agrees(candidate, vgg16())


@case("the order of the layers matters", points=2)
def order(candidate, rng):
    agrees(candidate, [CONV3, CONV3, POOL2, POOL2])
    agrees(candidate, [POOL2, CONV3, POOL2, CONV3])
    agrees(candidate, [POOL2, POOL2, CONV3, CONV3])


@case("a stride widens the fields of later layers only", points=2)
def strides(candidate, rng):
    for _ in range(5):
        agrees(candidate, [(int(rng.integers(2, 6)), int(rng.integers(2, 5)), 0, 1) for _ in range(4)])


@case("padding moves the centre, not the extent", points=2)
def padding(candidate, rng):
    for p in (0, 1, 3):
        agrees(candidate, [(3, 2, p, 1), (5, 1, p, 1), (3, 2, 0, 1)])


@case("layers that look at one unit")
def single_tap(candidate, rng):
    agrees(candidate, [(1, 1, 0, 1), (1, 3, 0, 1), (1, 1, 2, 5), (3, 1, 1, 1)])


@case("kernels of even size have centres between pixels")
def even(candidate, rng):
    agrees(candidate, [(4, 2, 1, 1), (2, 1, 0, 3), (4, 2, 1, 1)])


@case("footprints of thirty random stacks", points=3)
def footprints(candidate, rng):
    for _ in range(30):
        layers = draw_stack(rng, depth=int(rng.integers(1, 5)))
        matches(candidate.receptive_field(layers), traced(layers))


@case("a deep network stays exact")
def deep(candidate, rng):
    agrees(candidate, [(7, 2, 3, 1), (3, 2, 1, 1), *[(3, 1, 1, 1), (3, 2, 1, 1)] * 20])


@case("an empty list, and a list that is left as it was")
def untouched(candidate, rng):
    expect.equal(candidate.receptive_field([]), [])
    expect.inputs_unchanged(candidate.receptive_field, [CONV3, POOL2, (3, 2, 1, 2)])


@case("ValueError for a kernel, stride or dilation below 1 or a padding below 0", points=2)
def bad_layers(candidate, rng):
    for bad in ((0, 1, 0, 1), (-3, 1, 0, 1), (3, 0, 1, 1), (3, -1, 1, 1), (3, 1, -1, 1), (3, 1, 0, 0)):
        for layers in ([bad], [CONV3, POOL2, bad], [bad, CONV3]):
            expect.raises(ValueError, candidate.receptive_field, layers)
