"""Convolution on a grid: stride, padding, dilation, transposition, im2col, flipped kernels."""

import numpy as np

from exercises.reference.arithmetic import conv_output_size, effective_kernel, transposed_output_size
from exercises.reference.convolution import conv2d, windows
from quizbank.figures.draw import Drawing
from quizbank.figures.parts import grid, outline, shown
from quizbank.figures.registry import figure

SIZE = 20
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
SEED = 7


def _input(side: int) -> np.ndarray:
    return np.random.default_rng(SEED).integers(0, 4, (side, side))


def _slide(sheet: Drawing, side: int, stride: int, padding: int, dilation: int, at: tuple[int, int]) -> str:
    """Input with the window for output cell `at`, kernel, output, and the sum that fills the cell."""
    x = np.pad(_input(side), padding)
    y = conv2d(
        _input(side)[None, None], KERNEL[None, None], stride=stride, padding=padding, dilation=dilation
    )[0, 0]
    top, left = at[0] * stride, at[1] * stride
    taps = {(top + dilation * u, left + dilation * v): (u, v) for u, v in np.ndindex(3, 3)}
    edge = range(padding, padding + side)

    def kind(row: int, column: int) -> str:
        if (row, column) in taps:
            return "win"
        return "in" if row in edge and column in edge else "pad"

    gap = 20
    sides = [len(x) * SIZE, 3 * SIZE, len(y) * SIZE]
    lefts = [(320 - sum(sides) - 2 * gap) / 2]
    lefts += [lefts[0] + sides[0] + gap, lefts[0] + sides[0] + sides[1] + 2 * gap]
    middle = 22 + max(sides) / 2
    tops = [middle - extent / 2 for extent in sides]
    grid(sheet, lefts[0], tops[0], x, SIZE, kind)
    grid(sheet, lefts[1], tops[1], KERNEL, SIZE, "cell")
    grid(sheet, lefts[2], tops[2], y, SIZE, lambda row, column: "now" if (row, column) == at else "out")
    sheet.text(lefts[1] - gap / 2, middle, "∗")
    sheet.text(lefts[2] - gap / 2, middle, "=")
    _window_starts(sheet, lefts[0], tops[0], len(y), stride)
    extent = effective_kernel(3, dilation)
    outline(sheet, lefts[0] + left * SIZE, tops[0] + top * SIZE, extent * SIZE, extent * SIZE)
    names = [f"input {side} × {side}", "kernel", f"output {len(y)} × {len(y)}"]
    for name, start, above, extent in zip(names, lefts, tops, sides, strict=True):
        sheet.text(min(start + extent / 2, 280), above - 11, name, "soft")
    terms = [f"{shown(KERNEL[u, v])}·{x[place]}" for place, (u, v) in taps.items() if KERNEL[u, v]]
    below = middle + max(sides) / 2 + 16
    sheet.text(160, below, " + ".join(terms[:6]).replace("+ −", "− "), "soft")
    sheet.text(160, below + 17, f"= {shown(y[at])}", bold=True)
    return (
        f"A {side} by {side} input with padding {padding} under a 3 by 3 kernel, stride {stride}, dilation "
        f"{dilation}. The window for output row {at[0]}, column {at[1]} is marked; its products add up to "
        f"{shown(y[at])}. The output has {len(y)} by {len(y)} cells: {_rows(y)}."
    )


def _window_starts(sheet: Drawing, left: float, top: float, count: int, stride: int) -> None:
    """A filled corner where each window begins."""
    for row, column in np.ndindex(count, count):
        x, y = left + column * stride * SIZE, top + row * stride * SIZE
        sheet.area([(x, y), (x + 6, y), (x, y + 6)], "fill-4")


def _rows(values: np.ndarray) -> str:
    return "; ".join(" ".join(shown(value) for value in row) for row in values)


@figure("conv-basic", "A 3×3 kernel on a 5×5 input")
def basic(sheet: Drawing) -> str:
    return _slide(sheet, 5, 1, 0, 1, (0, 1))


@figure("conv-stride-2", "Stride 2 skips every other window")
def stride(sheet: Drawing) -> str:
    return _slide(sheet, 7, 2, 0, 1, (1, 2))


@figure("conv-padding-1", "Padding 1 keeps the size under a 3×3 kernel")
def padding(sheet: Drawing) -> str:
    return _slide(sheet, 4, 1, 1, 1, (0, 0))


@figure("conv-dilation-2", "Dilation 2 spreads nine taps over 5×5")
def dilation(sheet: Drawing) -> str:
    return _slide(sheet, 7, 1, 0, 2, (0, 2))


@figure("conv-stride-floor", "The floor in the output size: an unread last column")
def floor(sheet: Drawing) -> str:
    side, stride = 6, 2
    steps = conv_output_size(side, 3, stride)
    read = (steps - 1) * stride + 3
    grid(sheet, 100, 22, _input(side), SIZE, lambda i, j: "in" if max(i, j) < read else "bad")
    last = (steps - 1) * stride * SIZE
    outline(sheet, 100, 22, 3 * SIZE, 3 * SIZE, "mark-1")
    outline(sheet, 100 + last, 22 + last, 3 * SIZE, 3 * SIZE, "mark")
    sheet.text(94, 22 + 1.5 * SIZE, "first window", "text-1", anchor="end")
    sheet.text(94, 22 + last + 1.5 * SIZE, "last window", "text-4", anchor="end")
    sheet.text(160, 160, f"⌊({side} − 3) / {stride}⌋ + 1 = {steps}", bold=True)
    sheet.text(160, 178, f"rows and columns from {read} on are never read", "soft")
    return (
        f"A {side} by {side} grid with the {steps * steps} windows of a 3 by 3 kernel at stride {stride}. "
        f"They reach {read} of {side} rows and columns; the last one, in another colour, is in no window."
    )


@figure("transposed-conv", "Transposed convolution stamps the kernel and adds")
def transposed(sheet: Drawing) -> str:
    x, w = np.array([[1, 2], [3, 4]]), np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
    side = transposed_output_size(2, 3, stride=2)
    y, count = np.zeros((side, side), int), np.zeros((side, side), int)
    for i, j in np.ndindex(x.shape):
        y[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += x[i, j] * w
        count[2 * i : 2 * i + 3, 2 * j : 2 * j + 3] += 1
    kinds = {1: "out", 2: "win", 4: "bad"}
    size, middle = 24, 22 + 60
    grid(sheet, 10, middle - size, x, size, "in")
    grid(sheet, 84, middle - 1.5 * size, w, size)
    grid(sheet, 186, middle - 2.5 * size, y, size, lambda i, j: kinds[int(count[i, j])])
    sheet.text(71, middle, "∗")
    sheet.text(171, middle, "=")
    sheet.text(34, middle - size - 11, "input 2 × 2", "soft")
    sheet.text(120, middle - 1.5 * size - 11, "kernel, s = 2", "soft")
    sheet.text(246, 11, f"output {side} × {side}", "soft")
    for index, (times, kind) in enumerate(kinds.items()):
        sheet.rect(24 + index * 96, 152, 14, 14, kind)
        sheet.left(44 + index * 96, 159, f"{times} input" + "s" * (times > 1))
    return (
        "Each of four inputs 1, 2, 3, 4 writes its multiple of the kernel into the output, two cells apart. "
        f"The {side} by {side} output is {_rows(y)}. Its middle row and column collect two inputs, the "
        "centre four."
    )


@figure("im2col", "im2col: windows become rows of a matrix")
def im2col(sheet: Drawing) -> str:
    x, w = _input(3), np.array([[1, 2], [-1, 1]])
    rows = windows(x[None, None], (2, 2), (1, 1), (1, 1))[0, 0].reshape(4, 4)
    y = rows @ w.reshape(4, 1)
    size = 24
    grid(sheet, 2, 34, x, size, lambda i, j: "win" if max(i, j) < 2 else "in")
    sheet.arrow([(80, 70), (102, 70)])
    grid(sheet, 108, 22, rows, size, lambda i, j: "win" if i == 0 else "cell")
    sheet.text(219, 70, "·")
    grid(sheet, 232, 22, w.reshape(4, 1), size, "in")
    sheet.text(270, 70, "=")
    grid(sheet, 284, 22, y, size, lambda i, j: "now" if i == 0 else "out")
    sheet.text(38, 11, "input 3 × 3", "soft")
    sheet.text(156, 11, "one window a row", "soft")
    sheet.text(244, 11, "kernel", "soft")
    sheet.text(293, 11, "output", "soft")
    sheet.text(160, 136, f"{x.size} numbers become {rows.size}:", "soft")
    sheet.text(160, 152, "the memory that one matrix product costs", "soft")
    return (
        "The four 2 by 2 windows of a 3 by 3 input are laid out as four rows of a 4 by 4 matrix. Times the "
        f"kernel as a column it gives the four outputs {', '.join(shown(v) for v in y[:, 0])}."
    )


@figure("correlation-and-convolution", "The same kernel with and without the flip")
def correlation(sheet: Drawing) -> str:
    x = np.zeros((5, 5), int)
    x[2, 2] = 1
    w = np.arange(1, 10).reshape(3, 3)
    cross = conv2d(x[None, None], w[None, None])[0, 0]
    true = conv2d(x[None, None], w[None, None, ::-1, ::-1])[0, 0]
    size = 20
    grid(sheet, 22, 22, x, size, lambda i, j: "win" if x[i, j] else "in")
    sheet.text(72, 11, "a single 1", "soft")
    grid(sheet, 182, 42, w, size)
    sheet.text(146, 72, "∗")
    sheet.text(212, 31, "kernel", "soft")
    grid(sheet, 50, 168, cross, size, "out")
    sheet.text(80, 146, "nn.Conv2d", bold=True)
    sheet.text(80, 240, "a flipped copy", "soft")
    grid(sheet, 206, 168, true, size, "out")
    sheet.text(236, 146, "mathematics", bold=True)
    sheet.text(236, 240, "a copy of the kernel", "soft")
    return (
        "An image with a single 1 and the kernel 1 to 9. Cross-correlation, as in nn.Conv2d, answers "
        f"{_rows(cross)}: the kernel rotated by half a turn. Convolution with a flipped kernel answers "
        f"{_rows(true)}."
    )
