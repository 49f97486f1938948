"""Pooling with numbers: maximum, average, global, ceil mode, gradients."""

import numpy as np

from exercises.reference.arithmetic import pool_output_size
from exercises.reference.convolution import conv2d, windows
from exercises.reference.pooling import max_pool2d
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import by_mask, grid, outline, shown
from quizbank.figures.registry import figure

TINTS = (("in", "win"), ("out", "bad"))


def _quarters(i: int, j: int) -> str:
    return TINTS[i // 2][j // 2]


@figure("max-and-average-pooling", "2×2 pooling with stride 2: maximum and average")
def both(sheet: Drawing) -> str:
    x = np.random.default_rng(5).integers(0, 10, (4, 4))
    top = max_pool2d(x[None, None], 2)[0, 0]
    mean = conv2d(x[None, None].astype(float), np.full((1, 1, 2, 2), 0.25), stride=2)[0, 0]
    grid(sheet, 6, 44, x, 28, _quarters)
    sheet.text(62, 33, "input", "soft")
    sheet.arrow([(124, 82), (186, 52)])
    sheet.arrow([(124, 118), (186, 148)])
    grid(sheet, 196, 22, top, 34, lambda i, j: TINTS[i][j])
    grid(sheet, 196, 122, mean, 34, lambda i, j: TINTS[i][j], decimals=2)
    sheet.text(230, 11, "maximum", bold=True)
    sheet.text(230, 111, "average", bold=True)
    return (
        f"A 4 by 4 input in four 2 by 2 windows. Maxima: {', '.join(map(shown, top.flat))}. "
        f"Averages: {', '.join(shown(v, 2) for v in mean.flat)}."
    )


@figure("global-average-pooling", "Global average pooling: one number a channel")
def gap(sheet: Drawing) -> str:
    x = np.random.default_rng(2).integers(0, 10, (3, 4, 4))
    means = x.mean(axis=(1, 2))
    for channel in range(3):
        left = 6 + channel * 108
        grid(sheet, left, 22, x[channel], 23, TINTS[channel // 2][channel % 2])
        sheet.text(left + 46, 11, f"channel {channel + 1}", "soft")
        sheet.arrow([(left + 46, 118), (left + 46, 142)])
        sheet.box(left + 18, 146, 56, 26, shown(means[channel], 2), TINTS[channel // 2][channel % 2])
    sheet.text(160, 188, "3 × 4 × 4 becomes a vector of 3, whatever the image size", "soft")
    return (
        f"Three channels of 4 by 4 are averaged to {', '.join(shown(m, 2) for m in means)}: a vector of "
        "length 3."
    )


@figure("pool-ceil-mode", "ceil_mode lets a last, incomplete window count")
def ceil_mode(sheet: Drawing) -> str:
    x = np.random.default_rng(11).integers(0, 10, (5, 5))
    told = []
    for index, ceil in enumerate((False, True)):
        y = max_pool2d(x[None, None], 2, ceil_mode=ceil)[0, 0]
        left = 6 + index * 166
        used = np.indices((5, 5)).max(axis=0) < len(y) * 2
        grid(sheet, left + 14, 40, x, 22, by_mask(used, "in", "off"))
        for i, j in np.ndindex(y.shape):
            height, width = min(2, 5 - 2 * i), min(2, 5 - 2 * j)
            outline(sheet, left + 15 + j * 44, 41 + i * 44, width * 22 - 2, height * 22 - 2)
        sheet.text(left + 69, 10, f"ceil_mode={ceil}", bold=True)
        sheet.text(left + 69, 28, "input 5 × 5", "soft")
        sheet.arrow([(left + 69, 156), (left + 69, 174)])
        grid(sheet, left + 69 - len(y) * 12, 180, y, 24, "out")
        side = pool_output_size(5, 2, 2, 0, ceil)
        sheet.text(left + 69, 268, f"output {side} × {side}", "soft")
        told.append(
            f"ceil_mode={ceil} gives {side} by {side}: {'; '.join(' '.join(map(str, row)) for row in y)}"
        )
    return f"A 5 by 5 input under 2 by 2 maximum pooling with stride 2. {'. '.join(told)}."


@figure("max-pool-gradient", "The gradient of max pooling goes to the winner")
def gradient(sheet: Drawing) -> str:
    x = np.random.default_rng(8).permutation(16).reshape(4, 4)
    g = np.array([[1, 2], [3, 4]])
    view = windows(x[None, None], (2, 2), (2, 2), (1, 1))[0, 0]
    back = np.zeros_like(x)
    for i, j in np.ndindex(2, 2):
        u, v = divmod(int(view[i, j].argmax()), 2)
        back[2 * i + u, 2 * j + v] = g[i, j]
    win = back > 0
    grid(sheet, 6, 24, x, 26, lambda i, j: "now" if win[i, j] else "in")
    grid(sheet, 134, 50, g, 26, "win")
    grid(sheet, 210, 24, back, 26, lambda i, j: "now" if win[i, j] else "off")
    sheet.text(58, 11, "input, winners", "soft")
    sheet.text(160, 37, "gradient", "soft")
    sheet.text(262, 11, "its gradient", "soft")
    sheet.arrow([(189, 76), (207, 76)])
    sheet.text(160, 142, "all other inputs get 0", "soft")
    return (
        "A 4 by 4 input with the largest number of each 2 by 2 window marked. The four output gradients 1, "
        "2, 3, 4 land on these four cells; the other twelve get zero."
    )


@figure("pooling-shift", "Max pooling forgives a shift of one pixel, sometimes")
def shift(sheet: Drawing) -> str:
    row = np.zeros((1, 8), int)
    row[0, 2] = 9
    told = []
    for index, by in enumerate((0, 1, 2)):
        moved = np.roll(row, by)
        y = max_pool2d(moved[None, None], (1, 2))[0, 0]
        top = 8 + index * 44
        sheet.left(2, top + 12, f"by {by}" if by else "as it is", "soft")
        grid(sheet, 56, top, moved, 19, by_mask(moved, "win", "in"))
        sheet.arrow([(212, top + 10), (232, top + 10)])
        grid(sheet, 238, top, y, 19, by_mask(y, "now", "out"))
        told.append(f"shifted by {by}: {' '.join(map(str, y[0]))}")
    sheet.text(160, 140, "within a window nothing changes,", "soft")
    sheet.text(160, 156, "across its edge the maximum moves on", "soft")
    return f"A row with a single 9 pooled in pairs. {'; '.join(told)}."
