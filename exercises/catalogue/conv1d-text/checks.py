"""Cases for convolution over tokens: values against the reference, and what padding must not do."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect

EMB = np.array([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 0.0]]])
PAIR = np.array([[[1.0, 0.0], [0.0, 1.0]]])  # the first number of a token plus the second of the next


def agrees(candidate, *args, tolerance=1e-9):
    y = candidate.conv1d_text(*args)
    wide = [arg.astype(np.float64) for arg in args[:3]]
    expect.close(y, reference.conv1d_text(*wide, *args[3:]), rtol=tolerance, atol=tolerance)
    return y


def layer(rng, n=3, length=8, depth=5, filters=4, k=3):
    """Embeddings, filters and a bias that lets most filters fire somewhere."""
    emb, w = rng.standard_normal((n, length, depth)), rng.standard_normal((filters, depth, k))
    return emb, w, rng.uniform(-1, 1, size=filters)


def padded_at_the_end(rng, n, length, least):
    """A mask of sentences with `least` to `length` tokens; the first is padded, the second complete."""
    tokens = np.append([least, length], rng.integers(least, length + 1, size=n - 2))
    return np.arange(length) < tokens[:, None]


@case("one filter over four tokens", visible=True)
def by_hand(candidate, rng):
    agrees(candidate, EMB, PAIR, np.array([-0.5]))


@case("the first token is padding", visible=True)
def masked_by_hand(candidate, rng):
    agrees(candidate, EMB, PAIR, np.array([-0.5]), np.array([[False, True, True, True]]))


@case("a bias so low that no window fires", visible=True)
def silent(candidate, rng):
    agrees(candidate, EMB, PAIR, np.array([-2.5]))


@case("random sentences without a mask", points=2)
def no_mask(candidate, rng):
    for k in (2, 3, 4):
        agrees(candidate, *layer(rng, k=k))
    agrees(candidate, *layer(rng), None)


@case("as many tokens as dimensions", points=2)
def square(candidate, rng):
    emb, w, b = layer(rng, length=6, depth=6)
    agrees(candidate, emb, w, b)
    agrees(candidate, emb, w, b, padded_at_the_end(rng, 3, 6, 3))


@case("one token wide, and as wide as the sentence")
def extreme_widths(candidate, rng):
    agrees(candidate, *layer(rng, k=1))
    emb, w, b = layer(rng, length=5, depth=7, k=5)
    agrees(candidate, emb, w, b)
    agrees(candidate, emb, w, b, np.ones((3, 5), dtype=bool))
    agrees(candidate, *layer(rng, n=1, length=1, depth=1, filters=1, k=1))


@case("padding at the end", points=2)
def padded(candidate, rng):
    for k in (1, 2, 4):
        emb, w, b = layer(rng, n=5, k=k)
        agrees(candidate, emb, w, b, padded_at_the_end(rng, 5, 8, k))


@case("padding at the start and in between", points=2)
def holes(candidate, rng):
    emb, w, b = layer(rng, n=4, length=10, k=2)
    mask = padded_at_the_end(rng, 4, 10, 5)[:, ::-1].copy()
    mask[2:] = [1, 1, 0, 1, 0, 1, 1, 1, 0, 0], [1, 0, 1, 0, 0, 1, 0, 1, 0, 1]
    mask[3, 6] = True
    agrees(candidate, emb, w, b, mask)


@case("what stands at padded places changes nothing", points=2)
def padding_is_ignored(candidate, rng):
    emb, w, b = layer(rng, n=4, k=3)
    mask = padded_at_the_end(rng, 4, 8, 3)
    y = expect.array(candidate.conv1d_text(emb, w, b, mask))
    other = np.where(mask[:, :, None], emb, 1e3 * rng.standard_normal(emb.shape))
    expect.close(candidate.conv1d_text(other, w, b, mask), y, label="padding")
    agrees(candidate, other, w, b, mask)


@case("padding of zeros under a positive bias", points=2)
def positive_bias(candidate, rng):
    emb, w, _ = layer(rng, n=4, k=3)
    mask = padded_at_the_end(rng, 4, 8, 4)
    emb, w = -np.abs(emb) * mask[:, :, None], np.abs(w)
    agrees(candidate, emb, w, rng.uniform(0.5, 1, size=4), mask)
    agrees(candidate, emb / 20, w, rng.uniform(0.5, 1, size=4), mask)


@case("two n-grams may change places")
def permuted(candidate, rng):
    emb, w, b = layer(rng, n=2, length=11, k=3)
    mask = np.tile(np.arange(11) % 4 != 3, (2, 1))  # three n-grams with padding between them
    swapped = emb[:, [8, 9, 10, 3, 4, 5, 6, 7, 0, 1, 2]]
    y = expect.array(candidate.conv1d_text(emb, w, b, mask))
    expect.close(candidate.conv1d_text(swapped, w, b, mask), y, label="permuted")
    agrees(candidate, swapped, w, b, mask)


@case("a sentence alone gives what it gives in a batch")
def single_rows(candidate, rng):
    emb, w, b = layer(rng, n=3)
    mask = padded_at_the_end(rng, 3, 8, 3)
    y = expect.array(agrees(candidate, emb, w, b, mask))
    for row in range(3):
        alone = candidate.conv1d_text(emb[row : row + 1], w, b, mask[row : row + 1])
        expect.close(alone, y[row : row + 1], label="alone")


@case("float32 stays float32, float64 stays float64")
def dtypes(candidate, rng):
    emb, w, b = (array.astype(np.float32) for array in layer(rng))
    masks = (None, padded_at_the_end(rng, 3, 8, 4))
    for y in [agrees(candidate, emb, w, b, mask, tolerance=1e-4) for mask in masks]:
        expect.dtype(y, np.float32)


@case("arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    emb, w, b = layer(rng, n=8, length=3, k=3)
    emb, w = emb.transpose(1, 0, 2), w.transpose(2, 1, 0).copy().transpose(2, 1, 0)
    mask = np.asfortranarray(padded_at_the_end(rng, 3, 8, 4))
    args = (emb, w, b, mask)
    y, after = candidate.conv1d_text.with_inputs(*args)
    expect.close(y, reference.conv1d_text(*args))
    for was, now in zip(args, after, strict=True):
        expect.equal(now, was, label="an argument changed")


@case("ValueError for a row without a valid window", points=2)
def no_window(candidate, rng):
    emb, w, b = layer(rng, n=3, length=6, k=3)
    for row in ([0] * 6, [1, 1, 0, 1, 1, 0], [0, 0, 0, 0, 1, 1]):
        mask = np.ones((3, 6), dtype=bool)
        mask[int(rng.integers(3))] = row
        expect.raises(ValueError, candidate.conv1d_text, emb, w, b, mask)


@case("ValueError for sentences shorter than the filters")
def too_short(candidate, rng):
    for k in (4, 6):
        emb, w, b = layer(rng, length=3, k=k)
        expect.raises(ValueError, candidate.conv1d_text, emb, w, b)
        expect.raises(ValueError, candidate.conv1d_text, emb, w, b, np.ones((3, 3), dtype=bool))


@case("ValueError for shapes that do not fit")
def bad_shapes(candidate, rng):
    emb, w, b = layer(rng)
    convolve = candidate.conv1d_text
    for wrong in (emb[0], emb[..., None], emb[:, :, 1:], emb[:, :, :1]):
        expect.raises(ValueError, convolve, wrong, w, b)
    for wrong in (w[0], w[:, :, 0], w[..., None], w[:, 1:], w[:, :1]):
        expect.raises(ValueError, convolve, emb, wrong, b)
    for wrong in (b[1:], b[:1], b[:, None], np.append(b, 1.0)):
        expect.raises(ValueError, convolve, emb, w, wrong)
    for shape in ((3, 7), (1, 8), (8,), (3, 8, 1), (3, 9)):
        expect.raises(ValueError, convolve, emb, w, b, np.ones(shape, dtype=bool))
