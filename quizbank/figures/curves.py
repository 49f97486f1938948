"""Functions: activations, softmax, losses, quantisation."""

import numpy as np

from quizbank.figures.draw import Drawing
from quizbank.figures.parts import Chart, bars, legend, shown
from quizbank.figures.registry import figure

X = np.linspace(-4, 4, 81)


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


@figure("activation-functions", "Four activation functions")
def activations(sheet: Drawing) -> str:
    chart = Chart(sheet, 10, 180, (-4, 4), (-1.5, 4))
    chart.axes([(n, shown(n)) for n in (-4, -2, 0, 2, 4)], [(n, shown(n)) for n in (-1, 0, 1, 2, 3, 4)], "x")
    for series, values in enumerate(
        (np.maximum(X, 0), sigmoid(X), np.tanh(X), np.where(X > 0, X, 0.1 * X)), 1
    ):
        chart.curve(X, values, series)
    legend(sheet, 232, [(1, "ReLU"), (2, "sigmoid"), (3, "tanh"), (4, "leaky ReLU, 0.1")])
    return (
        "ReLU is 0 below zero and x above. Leaky ReLU has slope 0.1 below zero. Sigmoid rises from 0 to 1 "
        "through 0.5 at zero, tanh from -1 to 1 through 0; both are flat beyond 4."
    )


@figure("activation-derivatives", "The derivatives of four activation functions")
def derivatives(sheet: Drawing) -> str:
    s, t = sigmoid(X), np.tanh(X)
    ds, dt = s * (1 - s), 1 - t * t
    chart = Chart(sheet, 10, 170, (-4, 4), (0, 1.1))
    chart.axes(
        [(n, shown(n)) for n in (-4, -2, 0, 2, 4)], [(n, shown(n, 2)) for n in (0, 0.25, 0.5, 0.75, 1)], "x"
    )
    chart.steps([-4, 0, 4], [0, 1, 1], 1)
    chart.curve(X, ds, 2)
    chart.curve(X, dt, 3)
    chart.steps([-4, 0, 4], [0.1, 1, 1], 4)
    legend(sheet, 222, [(1, "ReLU"), (2, "sigmoid"), (3, "tanh"), (4, "leaky ReLU, 0.1")])
    return (
        f"The derivative of sigmoid is at most {shown(ds.max(), 2)}, that of tanh at most {shown(dt.max())}, "
        f"both at zero and both near 0 at 4 ({ds[-1]:.3f} and {dt[-1]:.4f}). ReLU's is 0 or 1, that of leaky "
        "ReLU 0.1 or 1."
    )


@figure("softmax-temperature", "Softmax of the logits 3, 2, 1, 0 at three temperatures")
def temperature(sheet: Drawing) -> str:
    logits = np.array([3.0, 2.0, 1.0, 0.0])
    told, y = [], 10.0
    for index, t in enumerate((0.5, 1.0, 4.0), 1):
        p = np.exp(logits / t) / np.exp(logits / t).sum()
        sheet.left(2, y, f"T = {shown(t, 1)}", bold=True)
        rows = [(f"logit {shown(z)}", float(v), f"{v:.3f}") for z, v in zip(logits, p, strict=True)]
        y = bars(sheet, y + 11, rows, label=58, end=50, step=18, full=1, kind=f"fill-{index}") + 14
        told.append(f"T {shown(t, 1)}: {', '.join(f'{v:.3f}' for v in p)}")
    return (
        f"Probabilities of four classes. {'; '.join(told)}. A low temperature sharpens, a high one flattens."
    )


@figure("cross-entropy-and-focal-loss", "Cross-entropy and focal loss")
def focal(sheet: Drawing) -> str:
    p = np.linspace(0.02, 1, 99)
    chart = Chart(sheet, 26, 170, (0, 1), (0, 4))
    chart.axes(
        [(n, shown(n, 2)) for n in (0, 0.25, 0.5, 0.75, 1)],
        [(n, str(n)) for n in range(5)],
        "probability of the right class",
        "loss",
    )
    told = []
    for series, gamma in enumerate((0, 1, 2), 1):
        chart.curve(p, (1 - p) ** gamma * -np.log(p), series)
        told.append(f"{(1 - 0.9) ** gamma * -np.log(0.9):.4f}")
    legend(sheet, 236, [(1, "cross-entropy"), (2, "focal, γ = 1"), (3, "focal, γ = 2")])
    return (
        "Loss against the probability of the right class. All fall to 0 at 1. At 0.9 cross-entropy is "
        f"{told[0]}, focal loss {told[1]} with gamma 1 and {told[2]} with gamma 2: easy examples hardly "
        "count."
    )


@figure("loss-of-a-logit", "Why a squared error after a sigmoid learns slowly")
def logit_gradients(sheet: Drawing) -> str:
    z = np.linspace(-6, 6, 97)
    s = sigmoid(z)
    chart = Chart(sheet, 26, 160, (-6, 6), (-1.05, 0.1), left=38, width=266)
    chart.axes(
        [(n, shown(n)) for n in (-6, -3, 0, 3, 6)],
        [(n, shown(n, 2)) for n in (-1, -0.75, -0.5, -0.25, 0)],
        "logit, true class 1",
        "gradient",
    )
    square = 2 * (s - 1) * s * (1 - s)
    chart.curve(z, s - 1, 1)
    chart.curve(z, square, 2)
    legend(sheet, 226, [(1, "cross-entropy"), (2, "squared error")])
    return (
        "Gradient with respect to the logit when the right class is 1. At logit -6, badly wrong, that of "
        f"cross-entropy is {s[0] - 1:.2f} and that of the squared error {square[0]:.3f}."
    )


@figure("int8-staircase", "Int8 quantisation: steps, rounding error, saturation")
def staircase(sheet: Drawing) -> str:
    scale, x = 0.25, np.linspace(-1.3, 1.3, 521)
    levels = np.clip(np.round(x / scale), -4, 3)
    error = np.abs(levels * scale - x)[np.abs(x) <= 0.75].max()
    chart = Chart(sheet, 26, 176, (-1.3, 1.3), (-1.3, 1.3), left=38, width=266)
    chart.axes(
        [(n, shown(n, 1)) for n in (-1, -0.5, 0, 0.5, 1)],
        [(n, shown(n, 1)) for n in (-1, -0.5, 0, 0.5, 1)],
        "real value",
        "value after quantisation",
    )
    chart.curve([-1.3, 1.3], [-1.3, 1.3], 5)
    edges = np.flatnonzero(np.diff(levels)) + 1
    knots = [0, *edges.tolist(), len(x) - 1]
    chart.steps(x[knots], (levels * scale)[knots], 1)
    legend(sheet, 242, [(1, "quantised"), (5, "exact")])
    sheet.text(160, 272, f"3 bits drawn, scale {scale}: integers −4 to 3", "soft")
    sheet.text(160, 289, f"inside, the error is at most scale / 2 = {shown(scale / 2, 3)}", "soft")
    return (
        f"A staircase around the diagonal, drawn for 3 bits with scale {scale}. Values are rounded to the "
        f"nearest step, an error of at most {shown(float(error), 3)}. Beyond -1 and 0.75 all values "
        "saturate. Int8 has 256 steps instead of 8."
    )


@figure("dice-and-iou", "Dice and IoU measure the same overlap")
def dice(sheet: Drawing) -> str:
    iou = np.linspace(0, 1, 51)
    chart = Chart(sheet, 26, 170, (0, 1), (0, 1))
    ticks = [(n, shown(n, 2)) for n in (0, 0.25, 0.5, 0.75, 1)]
    chart.axes(ticks, ticks, "IoU", "score")
    chart.curve(iou, 2 * iou / (1 + iou), 1)
    chart.curve(iou, iou, 5)
    chart.dot(0.5, 2 / 3, 1)
    sheet.left(chart.place(0.5, 0)[0] - 42, chart.place(0, 2 / 3)[1] - 8, f"{2 * 0.5 / 1.5:.3f}")
    legend(sheet, 236, [(1, "Dice = 2·IoU / (1 + IoU)"), (5, "IoU itself")], columns=1)
    return (
        "Dice against IoU: both 0 and 1 at the ends, Dice larger in between, for instance "
        f"{2 * 0.5 / 1.5:.3f} at IoU 0.5. One determines the other."
    )
