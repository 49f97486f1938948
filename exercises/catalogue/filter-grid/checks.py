"""Cases for filter_grid. Pictures are shown beside the expected ones."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect


def agrees(candidate, w, *args, **settings):
    """Compare with the reference: to 1e-9, or 1e-5 where the weights or the picture are in float32."""
    grid = candidate.filter_grid(w, *args, **settings)
    single = np.float32 in (w.dtype, expect.array(grid).dtype)
    tolerance = 1e-5 if single else 1e-9
    expect.close(grid, reference.filter_grid(w, *args, **settings), rtol=tolerance, atol=tolerance)
    return grid


def shown(candidate, title, w, **settings):
    grid = candidate.filter_grid(w, **settings)
    expected = reference.filter_grid(w, **settings)
    candidate.show(title, grid, expected)
    expect.close(grid, expected, rtol=1e-5, atol=1e-5)


def edges(count):
    """Colour filters (count, 3, 7, 7): waves of several directions and tints."""
    rows, columns = np.mgrid[-3:4, -3:4]
    waves = []
    for index in range(count):
        angle, tint = np.pi * index / count, np.cos(index + np.arange(3.0))
        wave = np.cos(0.9 * (rows * np.sin(angle) + columns * np.cos(angle)) + index)
        waves.append((index + 1) * tint[:, None, None] * wave)
    return np.round(waves, 3)


def tiles_of(grid, count, k, cols, pad):
    """The tiles of a picture (count, k, k, 3)."""
    step = k + pad
    corners = [(pad + i // cols * step, pad + i % cols * step) for i in range(count)]
    return np.stack([grid[top : top + k, left : left + k] for top, left in corners])


@case("two grey 2x2 filters, one of them constant", visible=True)
def two_filters(candidate, rng):
    w = np.array([[[[0.0, 1.0], [2.0, 4.0]]], [[[-3.0, -3.0], [-3.0, -3.0]]]])
    shown(candidate, "the grid", w, cols=2, pad=1)


@case("ten colour filters in four columns", visible=True)
def colours(candidate, rng):
    shown(candidate, "the grid", edges(10), cols=4, pad=1)


@case("six filters over eight channels, drawn in grey", visible=True)
def grey(candidate, rng):
    w = np.concatenate([edges(6), edges(6)[::-1], np.ones((6, 2, 7, 7))], axis=1)
    shown(candidate, "the grid", w, cols=3, pad=2)


@case("random filters of any size and number", points=3)
def random_grids(candidate, rng):
    for _ in range(12):
        count, channels, k = (int(v) for v in rng.integers(1, (14, 6, 6)))
        w = rng.standard_normal((count, channels, k, k)) * rng.uniform(0.1, 10)
        agrees(candidate, w, int(rng.integers(1, 7)), int(rng.integers(0, 4)))


@case("each tile spans exactly 0 to 1", points=2)
def exact_span(candidate, rng):
    sizes = rng.uniform(1e-3, 1e3, size=(7, 1, 1, 1))
    for channels in (3, 1, 5):
        w = sizes * (rng.standard_normal((7, channels, 4, 4)) + 1)
        grid = expect.array(agrees(candidate, w, cols=3, pad=1))
        tiles = tiles_of(grid, 7, 4, 3, 1).reshape(7, -1)
        exact = bool((tiles.min(axis=1) == 0).all() and (tiles.max(axis=1) == 1).all())
        expect.that(exact, "A tile does not span exactly 0 to 1.", label="exact span")


@case("each filter has a scale of its own", points=2)
def own_scale(candidate, rng):
    w = rng.standard_normal((6, 3, 3, 3))
    w[1] *= 1000
    w[2] = w[2] * 1e-6 + 50
    agrees(candidate, w, cols=3, pad=1)


@case("a colour filter has one scale for its three channels")
def balance(candidate, rng):
    w = rng.uniform(size=(4, 3, 3, 3)) * np.array([1.0, 0.4, 0.1])[:, None, None] - 0.3
    agrees(candidate, w, cols=2, pad=1)


@case("the mean over the channels comes before the scaling", points=2)
def mean_first(candidate, rng):
    for channels in (2, 4):
        w = rng.standard_normal((5, channels, 3, 3)) * rng.uniform(1, 20, size=(5, channels, 1, 1))
        agrees(candidate, w, cols=3, pad=1)


@case("constant filters are 0.5", points=2)
def constant(candidate, rng):
    for channels in (1, 3, 4):
        w = rng.standard_normal((5, channels, 3, 3))
        w[1], w[3], w[4] = 0, 7.25, -1e-3
        agrees(candidate, w, cols=2, pad=1)
    one = np.full((3, 2, 1, 1), 2.0)
    agrees(candidate, one, cols=2, pad=1)
    opposite = np.concatenate([one, -one], axis=1)
    opposite[:, :, 0, 0] *= 3
    agrees(candidate, opposite.repeat(2, axis=2).repeat(2, axis=3), cols=2, pad=1)


@case("32 filters in 8 columns make 4 rows")
def full_rows(candidate, rng):
    agrees(candidate, rng.standard_normal((32, 3, 5, 5)), 8, 1)
    agrees(candidate, rng.standard_normal((6, 3, 2, 2)), cols=3, pad=1)
    agrees(candidate, rng.standard_normal((4, 3, 2, 2)), cols=1, pad=1)


@case("empty cells are white, also with fewer filters than columns", points=2)
def empty_cells(candidate, rng):
    agrees(candidate, rng.standard_normal((5, 3, 3, 3)), cols=4, pad=2)
    agrees(candidate, rng.standard_normal((2, 3, 3, 3)), cols=5, pad=1)
    agrees(candidate, rng.standard_normal((1, 1, 3, 3)), cols=2, pad=0)


@case("eight columns and a border of one pixel are the default, and no border is allowed")
def defaults(candidate, rng):
    w = rng.standard_normal((11, 1, 3, 3))
    agrees(candidate, w)
    agrees(candidate, w, cols=3)
    agrees(candidate, w, pad=3)
    agrees(candidate, w, cols=4, pad=0)


@case("float32 weights")
def single_precision(candidate, rng):
    for channels in (3, 2):
        grid = agrees(candidate, rng.standard_normal((5, channels, 3, 3)).astype(np.float32), 3, 1)
        expect.that(expect.array(grid).dtype.kind == "f", "The picture does not hold floats.")


@case("colour filters are left as they were, contiguous or not")
def untouched(candidate, rng):
    w = rng.standard_normal((3, 3, 3, 5)).transpose(3, 2, 1, 0)[:, ::-1]
    agrees(candidate, w, cols=2, pad=1)
    expect.inputs_unchanged(candidate.filter_grid, w, 2, 1)
    expect.inputs_unchanged(candidate.filter_grid, rng.standard_normal((4, 3, 3, 3)), 2, 1)


@case("grey filters are left as they were")
def untouched_grey(candidate, rng):
    for channels in (1, 4):
        expect.inputs_unchanged(candidate.filter_grid, rng.standard_normal((4, channels, 3, 3)), 2, 1)


@case("ValueError for a wrong number of axes or no weights", points=2)
def bad_weights(candidate, rng):
    for shape in ((3, 5, 5), (2, 2, 3, 5, 5), (5, 5), (0, 3, 5, 5), (4, 0, 5, 5)):
        expect.raises(ValueError, candidate.filter_grid, rng.standard_normal(shape), 4, 1)


@case("ValueError for less than one column or a negative border")
def bad_settings(candidate, rng):
    w = rng.standard_normal((4, 3, 3, 3))
    expect.raises(ValueError, candidate.filter_grid, w, 0, 1)
    expect.raises(ValueError, candidate.filter_grid, w, -2, 1)
    expect.raises(ValueError, candidate.filter_grid, w, 2, -1)
