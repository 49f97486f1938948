"""Judging a classifier: a confusion matrix and curves, from one seeded example."""

import numpy as np

from quizbank.figures.draw import Drawing
from quizbank.figures.parts import Chart, legend, shown
from quizbank.figures.registry import figure


def _scores() -> tuple[np.ndarray, np.ndarray]:
    """Labels and scores of 200 examples, 40 of them positive; seed 6."""
    rng = np.random.default_rng(6)
    labels = np.repeat([1, 0], [40, 160])
    scores = 1 / (1 + np.exp(-(rng.standard_normal(200) * 1.2 + np.where(labels == 1, 1.1, -1.1))))
    return labels, scores


def _counts(threshold: float) -> tuple[int, int, int, int]:
    labels, scores = _scores()
    said = scores >= threshold
    return (
        int((said & (labels == 1)).sum()), int((~said & (labels == 1)).sum()),
        int((said & (labels == 0)).sum()), int((~said & (labels == 0)).sum()),
    )  # fmt: skip


@figure("confusion-matrix", "A confusion matrix and what is read from it")
def confusion(sheet: Drawing) -> str:
    tp, fn, fp, tn = _counts(0.5)
    cells = (
        (("true positives", tp, "out"), ("false negatives", fn, "bad")),
        (("false positives", fp, "bad"), ("true negatives", tn, "out")),
    )
    for i, row in enumerate(cells):
        for j, (name, count, kind) in enumerate(row):
            sheet.rect(76 + j * 120, 26 + i * 54, 120, 54, kind)
            sheet.text(136 + j * 120, 44 + i * 54, count, bold=True)
            sheet.text(136 + j * 120, 63 + i * 54, name)
    for j, name in enumerate(("says positive", "says negative")):
        sheet.text(136 + j * 120, 13, name, "soft")
    for i, name in enumerate(("is positive", "is negative")):
        sheet.text(70, 53 + i * 54, name, "soft", anchor="end")
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    f1 = 2 * precision * recall / (precision + recall)
    lines = [
        f"precision = {tp} / ({tp} + {fp}) = {precision:.3f}",
        f"recall = {tp} / ({tp} + {fn}) = {recall:.3f}",
        f"F1 = {f1:.3f},   accuracy = {(tp + tn) / (tp + fn + fp + tn):.3f}",
    ]
    sheet.lines(76, 156, lines)
    return (
        f"{tp} true positives, {fn} false negatives, {fp} false positives, {tn} true negatives. "
        f"{'; '.join(lines)}."
    )


@figure("precision-recall-curve", "Precision and recall as the threshold moves")
def curve(sheet: Drawing) -> str:
    labels, scores = _scores()
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(labels[order])
    precision, recall = hits / np.arange(1, 201), hits / labels.sum()
    average = float(np.sum(np.diff(recall, prepend=0) * precision))
    chart = Chart(sheet, 26, 180, (0, 1), (0, 1.05), left=38, width=266)
    ticks = [(n, shown(n, 2)) for n in (0, 0.25, 0.5, 0.75, 1)]
    chart.axes(ticks, ticks, "recall", "precision")
    chart.curve(recall, precision, 1)
    chart.curve([0, 1], [0.2, 0.2], 5)
    told = []
    for threshold in (0.7, 0.5, 0.3):
        tp, fn, fp, _ = _counts(threshold)
        x, y = tp / (tp + fn), tp / (tp + fp)
        chart.dot(x, y, 4, 4.5)
        place = chart.place(x, y)
        sheet.text(place[0] - 9, place[1] + 11, f"t = {threshold}", anchor="end")
        told.append(f"threshold {threshold}: recall {x:.2f}, precision {y:.2f}")
    legend(sheet, 246, [(1, f"AP = {average:.3f}"), (5, "guessing: 0.2")])
    sheet.text(160, 276, "200 examples, 40 positive, seed 6", "soft")
    return (
        f"A falling curve from 200 seeded examples, 40 of them positive; average precision {average:.3f}. "
        f"{'; '.join(told)}."
    )


@figure("roc-and-precision-recall", "The same scores: ROC looks kinder than precision")
def roc(sheet: Drawing) -> str:
    labels, scores = _scores()
    order = np.argsort(-scores, kind="stable")
    hits, misses = np.cumsum(labels[order]), np.cumsum(1 - labels[order])
    tpr, fpr = np.concatenate([[0], hits / 40]), np.concatenate([[0], misses / 160])
    area = float(np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2))
    chart = Chart(sheet, 26, 180, (0, 1), (0, 1.05), left=38, width=266)
    ticks = [(n, shown(n, 2)) for n in (0, 0.25, 0.5, 0.75, 1)]
    chart.axes(ticks, ticks, "false-positive rate", "true-positive rate")
    chart.curve(fpr, tpr, 1)
    chart.curve([0, 1], [0, 1], 5)
    tp, fn, fp, tn = _counts(0.3)
    chart.dot(fp / (fp + tn), tp / (tp + fn), 4, 4.5)
    legend(sheet, 246, [(1, f"AUC = {area:.3f}"), (5, "guessing: 0.5")])
    sheet.text(160, 276, f"the dot: threshold 0.3, precision only {tp / (tp + fp):.2f}", "soft")
    return (
        f"ROC curve of the 200 examples, area {area:.3f}. At threshold 0.3 the true-positive rate is "
        f"{tp / (tp + fn):.2f} at a false-positive rate of {fp / (fp + tn):.2f}, yet the precision is only "
        f"{tp / (tp + fp):.2f}, as negatives are four times as many."
    )


@figure("score-histogram", "A threshold cuts two overlapping histograms")
def histogram(sheet: Drawing) -> str:
    labels, scores = _scores()
    edges = np.linspace(0, 1, 11)
    negative, positive = (np.histogram(scores[labels == k], edges)[0] for k in (0, 1))
    top = int(max(negative.max(), positive.max()))
    chart = Chart(sheet, 26, 150, (0, 1), (0, top * 1.05))
    chart.axes(
        [(n, shown(n, 1)) for n in (0, 0.2, 0.4, 0.6, 0.8, 1)],
        [(n, str(n)) for n in range(0, top + 1, 10)],
        "score",
        "examples",
    )
    for bin_, (n, p) in enumerate(zip(negative, positive, strict=True)):
        for index, (count, kind) in enumerate(((n, "fill-5"), (p, "fill-1"))):
            x, y = chart.place(edges[bin_], float(count))
            sheet.rect(x + 1.5 + index * 12.5, y, 12, chart.top + chart.height - y, kind)
    x, y = chart.place(0.5, top * 1.05)
    sheet.line([(x, y), (x, chart.top + chart.height)], "dashed")
    sheet.left(x + 5, y + 8, "threshold 0.5", "text-4")
    for index, (kind, words) in enumerate((("fill-5", "160 negative"), ("fill-1", "40 positive"))):
        sheet.rect(40 + index * 140, 214, 14, 14, kind)
        sheet.left(60 + index * 140, 221, words)
    tp, fn, fp, tn = _counts(0.5)
    return (
        f"Scores of 160 negative and 40 positive examples in ten bins. Right of the threshold 0.5 are {tp} "
        f"positive and {fp} negative ones, left of it {fn} and {tn}."
    )


@figure("calibration", "A reliability diagram: stated against observed")
def calibration(sheet: Drawing) -> str:
    rng = np.random.default_rng(9)
    logits = rng.standard_normal(4000) * 1.5
    labels = rng.random(4000) < 1 / (1 + np.exp(-logits))
    chart = Chart(sheet, 26, 180, (0, 1), (0, 1), left=38, width=266)
    ticks = [(n, shown(n, 2)) for n in (0, 0.25, 0.5, 0.75, 1)]
    chart.axes(ticks, ticks, "mean stated probability", "observed share")
    chart.curve([0, 1], [0, 1], 5)
    told = []
    for series, sharper in ((1, 1.0), (2, 2.5)):
        p = 1 / (1 + np.exp(-logits * sharper))
        bins = np.minimum((p * 10).astype(int), 9)
        stated = np.array([p[bins == b].mean() for b in range(10)])
        seen = np.array([labels[bins == b].mean() for b in range(10)])
        weight = np.array([(bins == b).mean() for b in range(10)])
        chart.curve(stated, seen, series)
        told.append(f"{(weight * np.abs(stated - seen)).sum():.3f}")
    legend(
        sheet,
        246,
        [(1, f"calibrated: ECE {told[0]}"), (2, f"logits × 2.5: ECE {told[1]}"), (5, "exactly right")],
        columns=1,
    )
    return (
        "4000 seeded examples in ten bins. Calibrated scores lie on the diagonal, expected calibration "
        f"error {told[0]}. With logits 2.5 times as large the curve is flatter than the diagonal, "
        f"over-confident, error {told[1]}."
    )
