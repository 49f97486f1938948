"""Looking into a network: Grad-CAM, equivariance, hand-made kernels, text as a row of vectors."""

import numpy as np

from exercises.reference.convolution import conv2d
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import by_mask, grid, heat, shown
from quizbank.figures.registry import figure


@figure("grad-cam", "Grad-CAM with numbers: average the gradients, weigh the maps")
def grad_cam(sheet: Drawing) -> str:
    maps = np.array([[[0, 1, 4], [0, 2, 5], [0, 1, 2]], [[3, 1, 0], [4, 1, 0], [2, 0, 0]]], float)
    gradients = np.array(
        [[[0.4, 0.5, 0.6], [0.5, 0.5, 0.5], [0.4, 0.5, 0.6]], [[-0.3] * 3, [-0.2] * 3, [-0.4] * 3]]
    )
    alpha = gradients.mean(axis=(1, 2))
    total = (alpha[:, None, None] * maps).sum(axis=0)
    cam = np.maximum(total, 0)
    for k in range(2):
        left = 1 + k * 161
        sheet.text(left + 33, 10, f"map {k + 1}", "soft")
        grid(sheet, left, 20, maps[k], 22, "in")
        sheet.text(left + 114, 10, "gradient", "soft")
        for i, j in np.ndindex(3, 3):
            sheet.rect(left + 72 + j * 28, 20 + i * 22, 28, 22, "cell")
            sheet.text(left + 86 + j * 28, 31 + i * 22, shown(gradients[k, i, j], 1))
        sheet.text(left + 78, 108, f"mean gradient α = {shown(alpha[k], 2)}", bold=True)
    sheet.text(74, 134, "α₁·map 1 + α₂·map 2", "soft")
    for i, j in np.ndindex(3, 3):
        sheet.rect(14 + j * 40, 146 + i * 26, 40, 26, "bad" if total[i, j] < 0 else "cell")
        sheet.text(34 + j * 40, 159 + i * 26, shown(total[i, j], 2))
    sheet.arrow([(142, 185), (190, 185)])
    sheet.text(166, 173, "ReLU", "soft")
    sheet.text(252, 134, "heat map", "soft")
    heat(sheet, 213, 146, cam, 26)
    sheet.text(160, 250, "then enlarge to the image's size", "soft")
    return (
        "Two 3 by 3 feature maps with the gradients of a class score. Their mean gradients are "
        f"{shown(alpha[0], 2)} and {shown(alpha[1], 2)}. The weighted sum is positive on the right and "
        "negative on the left; ReLU keeps the right side."
    )


def _wave(side: int, row: int, column: int) -> np.ndarray:
    x = np.zeros((side, side), int)
    x[row : row + 3, column : column + 3] = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    return x


@figure("equivariance", "Shift the input, and the output shifts along")
def equivariance(sheet: Drawing) -> str:
    w = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]])
    told = []
    for index, (row, column) in enumerate(((1, 1), (2, 3))):
        x = _wave(7, row, column)
        y = conv2d(x[None, None], w[None, None])[0, 0]
        top = 24 + index * 150
        sheet.text(82, top - 13, "input" if not index else "shifted by (1, 2)", "soft")
        grid(sheet, 19, top, np.full((7, 7), ""), 18, by_mask(x, "win", "in"))
        sheet.arrow([(156, top + 63), (184, top + 63)])
        best = np.unravel_index(int(y.argmax()), y.shape)
        grid(sheet, 194, top + 3, y, 24, by_mask(y == y.max(), "now", "out"))
        sheet.text(254, top - 13, f"maximum {y.max()} at ({best[0]}, {best[1]})", "soft")
        told.append(f"{y.max()} at row {best[0]}, column {best[1]}")
    sheet.text(160, 312, "global max pooling gives the same number both times", "soft")
    return (
        f"A cross in a 7 by 7 input under a kernel of the same cross. The largest output is {told[0]}; after "
        f"a shift by one row and two columns it is {told[1]}."
    )


@figure("edge-kernels", "Two hand-made kernels on a small image")
def edges(sheet: Drawing) -> str:
    x = np.zeros((6, 6), int)
    x[1:5, 3:] = 3
    sobel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    told = []
    grid(sheet, 4, 60, x, 18, lambda i, j: "win" if x[i, j] else "in")
    sheet.text(58, 48, "image", "soft")
    for index, (name, w) in enumerate((("vertical edges", sobel), ("horizontal edges", sobel.T))):
        y = conv2d(x[None, None], w[None, None])[0, 0]
        top = 24 + index * 112
        grid(sheet, 136, top + 8, w, 22)
        sheet.text(218, top - 12, name, bold=True)
        sheet.arrow([(206, top + 41), (222, top + 41)])
        grid(
            sheet,
            228,
            top,
            y,
            22,
            by_mask(y != 0, "now", "cell"),
        )
        told.append(f"{name}: largest answer {int(np.abs(y).max())}")
    sheet.text(160, 238, "numbers are large where the image changes", "soft")
    return (
        f"An image with a bright block on the right. {'; '.join(told)}. Both answer 0 where nothing changes "
        "along their direction."
    )


@figure("text-cnn", "A kernel of width 3 slides over word vectors")
def text(sheet: Drawing) -> str:
    words = ["not", "a", "good", "film", "at", "all"]
    x = np.random.default_rng(12).integers(-2, 3, (6, 4))
    w = np.random.default_rng(13).integers(-1, 2, (3, 4))
    y = conv2d(x[None, None], w[None, None])[0, 0][:, 0]
    best = int(y.argmax())
    for row, word in enumerate(words):
        sheet.text(44, 36 + row * 24, word, anchor="end", bold=best <= row < best + 3)
    grid(sheet, 52, 24, x, 24, lambda i, j: "win" if best <= i < best + 3 else "in")
    sheet.text(100, 12, "vectors of 4", "soft")
    sheet.text(166, 96, "∗")
    for i, j in np.ndindex(3, 4):
        sheet.rect(180 + j * 20, 66 + i * 20, 20, 20, "cell")
        sheet.text(190 + j * 20, 76 + i * 20, shown(w[i, j]))
    sheet.text(220, 54, "kernel 3 × 4", "soft")
    sheet.text(272, 96, "=")
    grid(sheet, 286, 48, y[:, None], 24, lambda i, j: "now" if i == best else "out")
    sheet.text(318, 34, "4 values", "soft", anchor="end")
    sheet.text(
        160, 186, f"max over time: {shown(y.max())}, from “{' '.join(words[best : best + 3])}”", bold=True
    )
    return (
        "Six words as rows of four numbers under a kernel three words wide. The four answers are "
        f"{', '.join(shown(v) for v in y)}; the largest belongs to “{' '.join(words[best : best + 3])}”."
    )
