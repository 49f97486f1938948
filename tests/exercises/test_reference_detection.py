"""Boxes, scores, optimiser steps and schedules against PyTorch, its twins and direct counting."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exercises import reference

SEEDS = st.integers(0, 2**32)


def boxes(rng, count, integers=False):
    corners = rng.integers(-8, 9, (2, count, 2)) if integers else rng.normal(0, 5, (2, count, 2))
    return np.concatenate([corners.min(axis=0), corners.max(axis=0)], axis=1).astype(float)


def tensors(torch, arrays):
    return [torch.from_numpy(array) if isinstance(array, np.ndarray) else array for array in arrays]


@pytest.mark.torch
@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 7), st.integers(0, 7), st.booleans())
def test_box_iou_agrees_with_its_twin(seed, n, m, integers):
    torch = pytest.importorskip("torch")
    from exercises.reference import twins

    rng = np.random.default_rng(seed)
    a, b = boxes(rng, n, integers), boxes(rng, m, integers)
    found = reference.box_iou(a, b)
    np.testing.assert_allclose(found, twins.box_iou(*tensors(torch, (a, b))).numpy(), rtol=1e-12)
    np.testing.assert_allclose(found, reference.box_iou(b, a).T, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_box_iou_counts_the_cells_that_two_boxes_of_integers_share(seed):
    a, b = (boxes(np.random.default_rng([seed, part]), 1, integers=True) for part in (0, 1))

    def cells(box):
        x1, y1, x2, y2 = box[0].astype(int)
        return set(product(range(x1, x2), range(y1, y2)))

    shared, covered = len(cells(a) & cells(b)), len(cells(a) | cells(b))
    np.testing.assert_allclose(reference.box_iou(a, b), [[shared / covered if covered else 0.0]])


def test_boxes_without_area_overlap_nothing():
    flat = np.array([[1.0, 1, 1, 1], [0, 2, 5, 2], [0, 0, 4, 4]])
    assert reference.box_iou(flat, flat).tolist() == [[0, 0, 0], [0, 0, 0], [0, 0, 1]]


def test_box_iou_keeps_the_dtype():
    single = boxes(np.random.default_rng(0), 3).astype(np.float32)
    assert reference.box_iou(single, single).dtype == np.float32


@pytest.mark.torch
@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(0, 20), st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans())
def test_nms_agrees_with_looking_at_one_pair_after_the_other(seed, count, thr, classed):
    torch = pytest.importorskip("torch")
    from exercises.reference import twins

    rng = np.random.default_rng(seed)
    args = (
        boxes(rng, count, integers=True),
        rng.integers(-3, 4, count).astype(float),
        rng.integers(0, 2, count) if classed else None,
        thr,
    )
    found = reference.nms(*args)
    assert found.dtype == np.int64
    assert found.tolist() == twins.nms(*tensors(torch, args)).tolist()


def labels(rng, count, binary=False):
    values = np.array([0, 1]) if binary else np.array([-2, 0, 3, 4, 9])
    return rng.choice(values, count), rng.choice(values, count)


def counted(y_true, y_pred, label):
    """Scores of one class by counting pair after pair; None for a zero denominator."""
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    tp = sum(one == label and other == label for one, other in pairs)
    fp = sum(one != label and other == label for one, other in pairs)
    fn = sum(one == label and other != label for one, other in pairs)
    quotients = ((tp, tp + fp), (tp, tp + fn), (2 * tp, 2 * tp + fp + fn))
    return [top / bottom if bottom else None for top, bottom in quotients]


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 12), st.sampled_from([0.0, 1.0, 0.5]))
def test_scores_agree_with_counting_pairs(seed, count, zero):
    rng = np.random.default_rng(seed)
    y_true, y_pred = labels(rng, count)
    classes = sorted({*y_true.tolist(), *y_pred.tolist()})
    table = np.array([[zero if s is None else s for s in counted(y_true, y_pred, c)] for c in classes])
    support = np.array([(y_true == c).mean() for c in classes])
    scores = reference.precision_recall_f1
    np.testing.assert_allclose(scores(y_true, y_pred, "macro", zero), table.mean(axis=0))
    np.testing.assert_allclose(scores(y_true, y_pred, "weighted", zero), support @ table)
    np.testing.assert_allclose(scores(y_true, y_pred, "micro", zero), [(y_true == y_pred).mean()] * 3)
    y_true, y_pred = labels(rng, count, binary=True)
    expected = [zero if score is None else score for score in counted(y_true, y_pred, 1)]
    np.testing.assert_allclose(scores(y_true, y_pred, "binary", zero), expected)


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.integers(1, 12), st.sampled_from(["binary", "macro", "micro", "weighted"]), st.booleans())
def test_scores_agree_with_scikit_learn(seed, count, average, one):
    metrics = pytest.importorskip("sklearn.metrics")
    y_true, y_pred = labels(np.random.default_rng(seed), count, binary=average == "binary")
    expected = metrics.precision_recall_fscore_support(
        y_true, y_pred, average=average, zero_division=float(one)
    )
    found = reference.precision_recall_f1(y_true, y_pred, average, float(one))
    np.testing.assert_allclose(found, expected[:3])


@pytest.mark.torch
@settings(max_examples=40, deadline=None)
@given(SEEDS, st.booleans(), st.sampled_from([np.float32, np.float64]), st.integers(1, 50))
def test_adamw_steps_as_torch_does(seed, decoupled, dtype, t):
    torch = pytest.importorskip("torch")
    from exercises.reference import twins

    rng = np.random.default_rng(seed)
    w, g, m = rng.standard_normal((3, 4, 5)).astype(dtype)
    v = rng.random((4, 5)).astype(dtype)
    lr, b1, b2, eps, wd = rng.random(5) * (0.1, 1, 1, 0.1, 0.5)
    args = (w, g, m, v, t, *map(float, (lr, b1, b2, eps, wd)), decoupled)
    tolerance = 1e-4 if dtype is np.float32 else 1e-11
    expected = twins.adamw_step(*tensors(torch, args))
    for one, other in zip(reference.adamw_step(*args), expected, strict=True):
        assert one.dtype == dtype
        np.testing.assert_allclose(one, other.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.torch
@settings(max_examples=60, deadline=None)
@given(SEEDS, st.sampled_from(reference.schedules.KINDS), st.integers(2, 30))
def test_schedules_are_those_of_torch(seed, kind, total):
    pytest.importorskip("torch")
    from exercises.reference import twins

    rng = np.random.default_rng(seed)
    warmup, step = int(rng.integers(1, total)), int(rng.integers(0, total + 1))
    rates = [float(rate) for rate in rng.uniform(0.01, 1, 3)]
    args = (step, total, kind, *rates, warmup)
    assert reference.lr_at(*args) == pytest.approx(twins.lr_at(*args), rel=1e-9)


def test_schedules_without_a_rise_start_at_the_peak():
    for kind in ("warmup_cosine", "one_cycle", "one_cycle_linear"):
        rates = [reference.lr_at(step, 4, kind, 0.1, 0.4, 0.0, 0) for step in (0, 2, 4)]
        assert rates == pytest.approx([0.4, 0.2, 0.0])


PLAIN = np.array([[0.0, 0, 1, 1]])
ONES = np.ones(2)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: reference.box_iou(PLAIN[0], PLAIN), "a must have shape"),
        (lambda: reference.box_iou(PLAIN, PLAIN[:, :3]), "b must have shape"),
        (lambda: reference.box_iou(PLAIN, PLAIN[:, ::-1]), "b has a box with x2 < x1"),
        (lambda: reference.nms(PLAIN, ONES, None, 0.5), "scores must have shape"),
        (lambda: reference.nms(PLAIN, ONES[:1], ONES, 0.5), "classes must have shape"),
        (lambda: reference.nms(PLAIN, ONES[:1], None, 1.01), "thr must be from 0 to 1"),
        (lambda: reference.precision_recall_f1(ONES, ONES[:1], "macro", 0), "labels must be two lists"),
        (lambda: reference.precision_recall_f1(ONES[:0], ONES[:0], "macro", 0), "labels must be two lists"),
        (lambda: reference.precision_recall_f1(ONES, ONES, "samples", 0), "average must be one of"),
        (lambda: reference.precision_recall_f1(ONES, 2 * ONES, "binary", 0), "binary labels"),
        (lambda: reference.lr_at(5, 4, "constant", 1, 1, 1, 1), "step must be"),
        (lambda: reference.lr_at(0, 0, "constant", 1, 1, 1, 1), "step must be"),
        (lambda: reference.lr_at(0, 4, "cubic", 1, 1, 1, 1), "kind must be one of"),
        (lambda: reference.lr_at(0, 4, "restarts", 1, 1, 1, 0), "warmup must be at least 1"),
        (lambda: reference.lr_at(0, 4, "one_cycle", 1, 1, 1, 4), "warmup must be from 0"),
        (lambda: reference.adamw_step(*[ONES] * 3, PLAIN, 1, 0, 0, 0, 0, 0, True), "one shape"),
        (lambda: reference.adamw_step(*[ONES] * 4, 0, 0, 0, 0, 0, 0, True), "t counts from 1"),
        (lambda: reference.adamw_step(*[ONES] * 4, 1, 0, 0, 1, 0, 0, True), "b2 must be from 0"),
    ],
)
def test_nonsense_is_refused(call, complaint):
    with pytest.raises(ValueError, match=complaint):
        call()
