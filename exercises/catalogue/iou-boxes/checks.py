"""Cases for box_iou, against the definition in float64."""

import numpy as np

from exercises import reference
from exercises.dsl import case, expect, torch_tensor

SAMPLE = np.array([[0.0, 0.0, 10.0, 10.0], [5.0, 5.0, 5.0, 5.0]])
OTHERS = np.array([[5.0, 5.0, 15.0, 15.0], [0.0, 0.0, 5.0, 10.0], [10.0, 0.0, 20.0, 10.0]])


def boxes(rng, count, size=10.0):
    """Boxes of about this size, many of which overlap, on both sides of the origin."""
    corner = rng.uniform(-size, size, (count, 2))
    return np.concatenate([corner, corner + rng.uniform(size / 4, size, (count, 2))], axis=1)


def agrees(candidate, a, b, **tolerance):
    actual = candidate.box_iou(a, b)
    expect.close(actual, reference.box_iou(a, b), **tolerance)
    return actual


@case("a box and a point against three boxes", visible=True)
def sample(candidate, rng):
    agrees(candidate, SAMPLE, OTHERS)


@case("boxes that are apart along both axes", visible=True)
def apart(candidate, rng):
    agrees(candidate, SAMPLE[:1], np.array([[12.0, 13.0, 15.0, 17.0], [-6.0, -8.0, -2.0, -5.0]]))


@case("a box with x2 < x1", visible=True)
def wrong_corner(candidate, rng):
    expect.raises(ValueError, candidate.box_iou, SAMPLE, np.array([[3.0, 0.0, 1.0, 2.0]]))


@case("random boxes", points=3)
def random_boxes(candidate, rng):
    for n, m in ((1, 1), (7, 5), (3, 12), (20, 20)):
        agrees(candidate, boxes(rng, n), boxes(rng, m))


@case("boxes that are apart, in every direction", points=2)
def apart_everywhere(candidate, rng):
    a = boxes(rng, 4)
    near = np.concatenate([a[:, 2:] + 0.25, a[:, 2:] + 1.5], axis=1)
    expect.close(candidate.box_iou(a[:1], near[:1]), np.zeros((1, 1)), rtol=0, atol=0)
    shifts = np.array([(x, y) for x in (-40, 0, 40) for y in (-40, 0, 40) if x or y], dtype=float)
    for shift in shifts:
        b = boxes(rng, 5) + np.tile(shift, 2)
        expect.close(candidate.box_iou(a, b), np.zeros((4, 5)), rtol=0, atol=0)


@case("identical boxes have IoU 1", points=2)
def identical(candidate, rng):
    a = boxes(rng, 6)
    expect.close(np.diag(expect.array(agrees(candidate, a, a))), np.ones(6))


@case("boxes that touch at an edge or a corner have IoU 0")
def touching(candidate, rng):
    x1, y1, x2, y2 = rng.integers(-9, 0, 4) + np.array([0, 0, 20, 20])
    a = np.array([[x1, y1, x2, y2]], dtype=float)
    b = [
        (x2, y1, x2 + 3, y2),
        (x1 - 3, y1, x1, y2),
        (x1, y2, x2, y2 + 2),
        (x1, y1 - 2, x2, y1),
        (x2, y2, x2 + 1, y2 + 1),
        (x1 - 1, y1 - 1, x1, y1),
    ]
    expect.close(candidate.box_iou(a, np.array(b, dtype=float)), np.zeros((1, 6)), rtol=0, atol=0)


@case("a box inside another: the ratio of the areas", points=2)
def nested(candidate, rng):
    inner = boxes(rng, 5)
    margin = rng.uniform(0.5, 3.0, (5, 4)) * (-1, -1, 1, 1)
    outer = inner + margin
    ratio = np.prod(inner[:, 2:] - inner[:, :2], axis=1) / np.prod(outer[:, 2:] - outer[:, :2], axis=1)
    for index in range(5):
        one = slice(index, index + 1)
        expect.close(candidate.box_iou(inner[one], outer[one]), ratio[None, one])
        expect.close(candidate.box_iou(outer[one], inner[one]), ratio[None, one])


@case("swapping the lists transposes the result")
def symmetric(candidate, rng):
    a, b = boxes(rng, 4), boxes(rng, 9)
    there, back = candidate.box_iou(a, b), candidate.box_iou(b, a)
    expect.shape(there, (4, 9))
    expect.close(back, expect.array(there).T)
    expect.close(there, reference.box_iou(a, b))


@case("boxes of zero area have IoU 0 with everything", points=2)
def no_area(candidate, rng):
    point = np.tile(rng.uniform(-5, 5, 2), 2)
    upright, lying = point + (0, -4, 0, 4), point + (-4, 0, 4, 0)
    around = point + (-6, -6, 6, 6)
    flat = np.array([point, upright, lying])
    expect.close(candidate.box_iou(flat, flat), np.zeros((3, 3)), rtol=0, atol=0)
    expect.close(candidate.box_iou(flat, around[None]), np.zeros((3, 1)), rtol=0, atol=0)
    agrees(candidate, np.array([around, point]), np.array([lying, around, upright]))


@case("the scale of the boxes does not matter", points=2)
def scale(candidate, rng):
    a, b = boxes(rng, 6), boxes(rng, 7)
    for factor in (1e-5, 1e5):
        expect.close(candidate.box_iou(a * factor, b * factor), reference.box_iou(a, b), rtol=1e-6, atol=1e-6)


@case("empty lists")
def empty(candidate, rng):
    some, none = boxes(rng, 3), np.zeros((0, 4))
    for a, b in ((none, some), (some, none), (none, none)):
        agrees(candidate, a, b)


@case("float32 stays float32")
def single_precision(candidate, rng):
    a, b = boxes(rng, 5).astype(np.float32), boxes(rng, 6).astype(np.float32)
    actual = candidate.box_iou(a, b)
    expect.dtype(actual, np.float32)
    exact = reference.box_iou(a.astype(np.float64), b.astype(np.float64))
    expect.close(actual, exact, rtol=1e-4, atol=1e-4)


@case("the arguments are left as they were, contiguous or not")
def untouched(candidate, rng):
    a, b = np.asfortranarray(boxes(rng, 5)), np.repeat(boxes(rng, 3), 2, axis=0)[::2]
    expect.close(expect.inputs_unchanged(candidate.box_iou, a, b), reference.box_iou(a, b))


@case("ValueError for corners in the wrong order", points=2)
def wrong_corners(candidate, rng):
    good = boxes(rng, 4)
    for low, high in ((0, 2), (1, 3)):
        bad = good.copy()
        bad[2, high] = bad[2, low] - 1e-3
        expect.raises(ValueError, candidate.box_iou, bad, good)
        expect.raises(ValueError, candidate.box_iou, good, bad)


@case("ValueError for wrong shapes")
def wrong_shapes(candidate, rng):
    good = boxes(rng, 4)
    for bad in (good[0], good[:, :3], np.concatenate([good, good[:, 2:] + 1], axis=1), good[None]):
        expect.raises(ValueError, candidate.box_iou, bad, good)
        expect.raises(ValueError, candidate.box_iou, good, bad)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def on_device(candidate, rng, device):
    a, b = boxes(rng, 30).astype(np.float32), boxes(rng, 40).astype(np.float32)
    b[:3] = a[:3] + (40, 40, 40, 40)
    a[-1, 2:] = a[-1, :2]
    result = candidate.box_iou(torch_tensor(a, device=device), torch_tensor(b, device=device))
    exact = reference.box_iou(a.astype(np.float64), b.astype(np.float64))
    expect.close(result, torch_tensor(exact), rtol=1e-4, atol=1e-4)
    expect.dtype(result, np.float32)
    expect.device(result, device)
    swapped = torch_tensor(b[:, [2, 3, 0, 1]], device=device)
    expect.raises(ValueError, candidate.box_iou, torch_tensor(a, device=device), swapped)
