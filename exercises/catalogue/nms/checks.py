"""Cases for nms. Thresholds lie in gaps between the IoUs, so that rounding decides nothing."""

import numpy as np

from exercises import reference
from exercises.dsl import Kind, case, expect, torch_tensor

BOXES = np.array([[0, 0, 10, 10], [0, 1, 10, 11], [0, 5, 10, 15], [20, 0, 30, 10]], dtype=float)
SCORES = np.array([0.9, 0.8, 0.7, 0.95])


def agrees(candidate, boxes, scores, classes, thr):
    actual = candidate.nms(boxes, scores, classes, thr)
    integers(actual)
    expect.close(actual, reference.nms(boxes, scores, classes, thr), rtol=0, atol=0)
    return actual


def integers(actual):
    whole = expect.array(actual).dtype.kind in "iu"
    expect.that(whole, "The indices must be integers.", label="dtype", kind=Kind.TYPE)


def scene(rng, count):
    """Boxes around a few places on both sides of the origin, with different scores."""
    places = rng.uniform(-20, 20, (max(1, count // 6), 2))
    corner = places[rng.integers(len(places), size=count)] + rng.uniform(-3, 3, (count, 2))
    boxes = np.concatenate([corner, corner + rng.uniform(5, 10, (count, 2))], axis=1)
    return boxes, rng.permutation(count) / count + 0.001


def threshold(boxes, low=0.2, high=0.6):
    """The middle of the widest gap between the IoUs that occur."""
    values = reference.box_iou(boxes, boxes)
    inside = np.sort(np.concatenate([[low, high], values[(values > low) & (values < high)]]))
    widest = int(np.argmax(np.diff(inside)))
    return float(inside[widest : widest + 2].mean())


@case("four boxes", visible=True)
def sample(candidate, rng):
    agrees(candidate, BOXES, SCORES, None, 0.4)


@case("the same boxes with classes", visible=True)
def sample_with_classes(candidate, rng):
    agrees(candidate, BOXES, SCORES, np.array([0, 1, 0, 0]), 0.3)


@case("an IoU of one half against a threshold of one half", visible=True)
def sample_at_the_threshold(candidate, rng):
    agrees(
        candidate, np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 2.0]]), np.array([0.5, 0.75]), None, 0.5
    )


@case("random boxes", points=3)
def random_boxes(candidate, rng):
    for count in (1, 5, 15, 40):
        boxes, scores = scene(rng, count)
        agrees(candidate, boxes, scores, None, threshold(boxes))


@case("random boxes of several classes", points=3)
def random_classes(candidate, rng):
    for count, kinds in ((6, 2), (20, 3), (40, 2)):
        boxes, scores = scene(rng, count)
        agrees(candidate, boxes, scores, rng.integers(kinds, size=count), threshold(boxes))


@case("a box that was dropped drops no other", points=2)
def chain(candidate, rng):
    step = rng.uniform(3.0, 3.5)  # IoU of neighbours about 0.5, of the next but one 0.2
    corner = np.arange(6)[:, None] * np.array([step, 0.0])
    boxes = np.concatenate([corner, corner + 10.0], axis=1)
    agrees(candidate, boxes, np.linspace(0.9, 0.4, 6), None, 0.35)
    order = rng.permutation(6)
    agrees(candidate, boxes[order], rng.permutation(6) + 1.0, None, 0.35)


@case("boxes of different classes never drop each other", points=2)
def classes_apart(candidate, rng):
    boxes = np.tile(scene(rng, 1)[0], (5, 1))
    scores = rng.permutation(5) / 5 + 0.1
    agrees(candidate, boxes, scores, np.array([7, -1, 0, 1000, -30]), 0.0)
    agrees(candidate, boxes, scores, np.array([2, 1, 2, 1, 2]), 0.5)


@case("classes of boxes at negative coordinates", points=2)
def negative_coordinates(candidate, rng):
    # Shifted by the largest coordinate, or one more, the boxes of the second class would land on the first.
    largest, side = rng.uniform(8, 12, 2)
    here = np.array([-40.0, -40.0, -40.0 + side, -40.0 + side])
    boxes = np.array([here, here - (largest + 1), here + 1.0, [0.0, 0.0, largest, largest]])
    scores = np.array([0.9, 0.7, 0.5, 0.3]) + rng.uniform(0, 0.1, 4)
    agrees(candidate, boxes, scores, np.array([0, 1, 1, 0]), 0.3)
    agrees(candidate, boxes - 60, scores, np.array([-1, 0, 0, -1]), 0.3)


@case("an IoU equal to the threshold does not drop", points=2)
def at_the_threshold(candidate, rng):
    corner = rng.integers(-8, 8, 2)
    outer = np.concatenate([corner, corner + 8])
    for share in (0.25, 0.5, 0.75):
        inner = np.concatenate([corner, corner + (8, int(8 * share))])
        agrees(candidate, np.array([outer, inner], dtype=float), np.array([0.3, 0.6]), None, share)
        agrees(candidate, np.array([outer, inner], dtype=float), np.array([0.3, 0.6]), None, share - 0.01)


@case("a threshold of 1 keeps everything, of 0 what does not overlap", points=2)
def extreme_thresholds(candidate, rng):
    x, y = rng.integers(-9, 9, 2).astype(float)
    boxes = np.array([[x, y, x + 4, y + 4], [x, y, x + 4, y + 4], [x + 4, y, x + 8, y + 4]])
    scores = rng.permutation(3) + 0.5
    for thr in (1.0, 0.0, 1, 0):
        agrees(candidate, boxes, scores, None, thr)
    agrees(candidate, boxes[1:] - [[0, 0, 0, 0], [0.5, 0, 0.5, 0]], scores[:2], None, 0.0)
    diagonal = boxes[0] + np.arange(3)[:, None] * 4.5
    agrees(candidate, diagonal, scores, None, 0.0)


@case("of equal scores the lower index comes first", points=2)
def ties(candidate, rng):
    boxes, _ = scene(rng, 24)
    scores = rng.integers(0, 3, 24).astype(float)
    agrees(candidate, boxes, scores, None, threshold(boxes))
    agrees(candidate, boxes, np.zeros(24), rng.integers(2, size=24), threshold(boxes))
    agrees(candidate, boxes[:1].repeat(20, axis=0), np.full(20, 0.5), None, 0.5)


@case("scores below zero")
def negative_scores(candidate, rng):
    boxes, scores = scene(rng, 20)
    agrees(candidate, boxes, scores - 0.5, None, threshold(boxes))
    agrees(candidate, boxes, 100 * scores - 200, rng.integers(2, size=20), threshold(boxes))


@case("boxes of zero area are always kept")
def no_area(candidate, rng):
    x, y = rng.uniform(-3, 3, 2)
    boxes = np.array([[x, y, x, y], [x, y, x, y], [x - 2, y - 2, x + 2, y + 2], [x, y - 1, x, y + 1]])
    for thr in (0.0, 0.5):
        agrees(candidate, boxes, rng.permutation(4) / 4 + 0.1, None, thr)


@case("no boxes at all")
def empty(candidate, rng):
    for classes in (None, np.zeros(0, dtype=np.int64)):
        agrees(candidate, np.zeros((0, 4)), np.zeros(0), classes, 0.5)


@case("the arguments are left as they were, contiguous or not, float32 too", points=2)
def untouched(candidate, rng):
    boxes, scores = scene(rng, 16)
    thr, classes = threshold(boxes), np.repeat(rng.integers(2, size=16), 2)[::2]
    for dtype in (np.float64, np.float32):
        args = (np.asfortranarray(boxes.astype(dtype)), np.repeat(scores.astype(dtype), 2)[::2], classes, thr)
        actual = expect.inputs_unchanged(candidate.nms, *args)
        expect.close(actual, reference.nms(*args), rtol=0, atol=0)


@case("ValueError for a threshold outside [0, 1] and for swapped corners", points=2)
def bad_values(candidate, rng):
    boxes, scores = scene(rng, 4)
    for thr in (-0.01, 1.01, 50.0):
        expect.raises(ValueError, candidate.nms, boxes, scores, None, thr)
        expect.raises(ValueError, candidate.nms, np.zeros((0, 4)), np.zeros(0), None, thr)
    for low, high in ((0, 2), (1, 3)):
        bad = boxes.copy()
        bad[3, high] = bad[3, low] - 0.01
        expect.raises(ValueError, candidate.nms, bad, scores, None, 0.5)


@case("ValueError for wrong shapes")
def bad_shapes(candidate, rng):
    boxes, scores = scene(rng, 4)
    classes, suppress = np.zeros(4, dtype=np.int64), candidate.nms
    wide = np.concatenate([boxes, boxes[:, 2:] + 1], axis=1)
    for bad in (boxes[:, :3], wide, boxes[0], boxes[None]):
        expect.raises(ValueError, suppress, bad, scores, None, 0.5)
    for count in (3, 5, 1, 0):
        expect.raises(ValueError, suppress, boxes, np.resize(scores, count), None, 0.5)
        expect.raises(ValueError, suppress, boxes, np.resize(scores, count), classes, 0.5)
        expect.raises(ValueError, suppress, boxes, scores, np.resize(classes, count), 0.5)
    expect.raises(ValueError, suppress, boxes, scores[:, None], None, 0.5)
    expect.raises(ValueError, suppress, boxes, scores, classes[:, None], 0.5)
    expect.raises(ValueError, suppress, np.zeros((0, 4)), scores[:1], None, 0.5)


@case("tensors in, tensors out", points=2, framework="torch", devices=("cpu", "cuda"))
def on_device(candidate, rng, device):
    boxes, scores = (part.astype(np.float32) for part in scene(rng, 40))
    thr = threshold(boxes)
    for classes in (None, rng.integers(3, size=40)):
        sent = None if classes is None else torch_tensor(classes, device=device)
        args = (torch_tensor(boxes, device=device), torch_tensor(scores, device=device), sent, thr)
        result = candidate.nms(*args)
        integers(result)
        expect.close(result, torch_tensor(reference.nms(boxes, scores, classes, thr)), rtol=0, atol=0)
        expect.device(result, device)
    nothing = candidate.nms(*(torch_tensor(part[:0], device=device) for part in (boxes, scores)), None, 0.5)
    integers(nothing)
    expect.close(nothing, torch_tensor(np.zeros(0)))
    expect.device(nothing, device)
    expect.raises(ValueError, candidate.nms, *args[:3], 1.5)
