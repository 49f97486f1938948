"""The numbers that the exercises on detection, scores and training state."""

import numpy as np
import pytest

from exercises import catalogue, reference
from exercises.forbidden import use


def test_numbers_of_iou_boxes():
    a = np.array([[0.0, 0.0, 10.0, 10.0], [5.0, 5.0, 5.0, 5.0]])
    b = np.array([[5.0, 5.0, 15.0, 15.0], [0.0, 0.0, 5.0, 10.0], [10.0, 0.0, 20.0, 10.0]])
    assert reference.box_iou(a, b) == pytest.approx(np.array([[25 / 175, 0.5, 0], [0, 0, 0]]))
    assert round(25 / 175, 6) == 0.142857
    assert (10 - 12) * (10 - 13) == 6
    assert pytest.approx(0.09, abs=0.001) == 1e-8 / (1e-8 + 1e-7)
    assert 100_000 * 100 * 8 == 80_000_000
    shifted = np.array([[0.0, 0.0, 3.0, 1.0], [1.0, 0.0, 4.0, 1.0]])
    assert reference.box_iou(shifted, shifted)[0, 1] == pytest.approx(0.5)
    dice, iou = 2 * 25 / 200, 25 / 175
    assert dice / (2 - dice) == pytest.approx(iou)


def test_numbers_of_nms():
    boxes = np.array([[0, 0, 10, 10], [0, 1, 10, 11], [0, 5, 10, 15], [20, 0, 30, 10]], dtype=float)
    scores = np.array([0.9, 0.8, 0.7, 0.95])
    iou = reference.box_iou(boxes, boxes)
    assert [iou[0, 1], iou[1, 2], iou[0, 2]] == pytest.approx([9 / 11, 6 / 14, 5 / 15])
    assert reference.nms(boxes, scores, None, 0.4).tolist() == [3, 0, 2]
    assert reference.nms(boxes, scores, None, 0.3).tolist() == [3, 0]
    assert reference.nms(boxes, scores, np.array([0, 1, 0, 0]), 0.3).tolist() == [3, 0, 1]
    assert pytest.approx(0.7e6, rel=0.05) == 300**2 * 8
    assert 10_000**2 * 8 == 800_000_000


@pytest.mark.parametrize("seed", range(20))
def test_no_overlap_in_the_cases_of_nms_is_near_a_threshold(seed):
    exercise = catalogue.load("nms")
    for case in exercise.cases_for(exercise.starter):
        candidate = exercise.local(exercise.solutions[0].source)
        case.run(candidate, seed)
        for call in candidate._driver.calls:
            boxes, _, _, thr = call.request.args
            if call.reply is None or thr in (0, 1):
                continue
            distances = np.abs(reference.box_iou(boxes, boxes) - thr)
            assert ((distances == 0) | (distances > 1e-4)).all()
            if (distances == 0).any():
                assert thr in (0.25, 0.5, 0.75)
                assert (boxes == np.round(boxes)).all()


def test_numbers_of_precision_recall_f1():
    scores = reference.precision_recall_f1
    y_true = np.array([1] * 60 + [0] * 40)
    y_pred = np.array([1] * 40 + [0] * 20 + [1] * 10 + [0] * 30)
    assert np.round(scores(y_true, y_pred, "binary", 0.0), 4).tolist() == [0.8, 0.6667, 0.7273]
    y_true, y_pred = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1])
    for average, zero, stated in (
        ("macro", 0.0, [0.4444, 0.5, 0.3889]),
        ("macro", 1.0, [0.7778, 0.5, 0.3889]),
        ("micro", 0.0, [0.5, 0.5, 0.5]),
        ("weighted", 0.0, [0.5833, 0.5, 0.4583]),
    ):
        assert np.round(scores(y_true, y_pred, average, zero), 4).tolist() == stated
    f1 = [2 * p * r / (p + r) for p, r in ((1, 0.1), (0.1, 1), (0.55, 0.55))]
    assert np.round(f1, 2).tolist() == [0.18, 0.18, 0.55]
    assert round(0.01 * 0.9 / (0.01 * 0.9 + 0.99 * 0.1), 3) == 0.083


def test_numbers_of_lr_schedulers():
    def rates(steps, total, kind, base, peak, final, warmup):
        return [reference.lr_at(step, total, kind, base, peak, final, warmup) for step in steps]

    cosine = rates((25, 50, 75), 100, "cosine", 0.1, 0.0, 0.0, 0)
    assert cosine == pytest.approx([0.0853553, 0.05, 0.0146447], abs=5e-8)
    restarts = [0.4, 0.341421, 0.2, 0.0585786, 0.4, 0.341421]
    assert rates(range(6), 12, "restarts", 0.0, 0.4, 0.0, 4) == pytest.approx(restarts, abs=5e-7)
    rising = rates((0, 1, 4, 8, 12), 12, "warmup_cosine", 0.0, 0.4, 0.0, 4)
    assert rising == pytest.approx([0, 0.1, 0.4, 0.2, 0])
    cycle = rates((0, 2, 4, 8, 12), 12, "one_cycle", 0.1, 0.5, 0.01, 4)
    assert cycle == pytest.approx([0.1, 0.3, 0.5, 0.255, 0.01])
    assert round(np.cos(np.pi / 4), 2) == 0.71


def test_numbers_of_adamw_step():
    w, g, zeros = np.array([1.0]), np.array([0.1]), np.zeros(1)
    args = (w, g, zeros, zeros, 1, 0.1, 0.9, 0.999, 1e-8, 0.1)
    decoupled, l2 = (np.ravel(reference.adamw_step(*args, mode)) for mode in (True, False))
    assert decoupled == pytest.approx([0.89, 0.01, 1e-5], abs=1e-7)
    assert l2 == pytest.approx([0.9, 0.02, 4e-5], abs=1e-7)
    assert 0.1 / np.sqrt(0.001) == pytest.approx(3.2, abs=0.05)


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("iou-boxes", "from torchvision.ops import box_iou"),
        ("precision-recall-f1", "from sklearn.metrics import f1_score"),
        ("nms", "import torchvision\nkept = torchvision.ops.nms"),
        ("adamw-step", "import torch\noptimiser = torch.optim.AdamW"),
        ("conv2d-batch", "import torch.nn.functional as F\ny = F.conv2d"),
        ("max-pool2d", "from torch import nn\npool = nn.MaxPool2d(2)"),
        ("batchnorm-forward", "import torch\nlayer = torch.nn.BatchNorm2d(3)"),
    ],
)
def test_library_calls_that_would_do_it_are_forbidden(slug, line):
    exercise = catalogue.load(slug)
    assert use(line, exercise.forbidden)
    rules = exercise.statement[exercise.statement.index("## Rules") :]
    assert "ready-made" in rules


@pytest.mark.parametrize(
    "slug", ["iou-boxes", "nms", "precision-recall-f1", "lr-schedulers", "adamw-step", "max-pool2d"]
)
def test_limits_in_the_statement_are_those_that_are_enforced(slug):
    exercise = catalogue.load(slug)
    words = " ".join(exercise.statement.split())
    assert f"{exercise.limits.seconds:g} seconds and {exercise.limits.memory_mb} MB" in words


def test_the_edge_filter_is_shown_as_a_picture():
    exercise = catalogue.load("conv2d-single-filter")
    (case,) = [case for case in exercise.cases if "picture" in case.name]
    candidate, shown = exercise.local(exercise.solutions[0].source), []
    candidate._driver.show = lambda *args: shown.append(args)
    case.run(candidate, 1)
    ((_, actual, expected),) = shown
    assert case.visible
    assert expected.shape == (24, 24)
    assert np.allclose(actual, expected)
    assert expected.min() < 0 < expected.max()
